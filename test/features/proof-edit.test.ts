import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { applyChanges } from "../../server/src/features/placement.js";
import { proofEdit } from "../../server/src/features/proof-edit.js";
import type { Outcome, Run } from "../../server/src/store/run.js";
import { PROOF } from "./placing.js";
import { endedRun } from "./runs.js";

const OPEN = "\\begin{theorem}\\label{t}X is even.\\end{theorem}\n";
const begun = (inside: string) => `${OPEN}\\begin{proof}\n  ${inside}\n\\end{proof}\n`;

/** The text with the proof of the run in it, or the problem. */
function edited(run: Run, text: string, syntax: Syntax = "latex"): string {
  const edit = proofEdit(parseDocument(text, syntax), run);
  return "problem" in edit ? `problem: ${edit.problem}` : applyChanges(text, edit.changes);
}

describe("the edit of a run's proof", () => {
  it("goes to the statement where it is now", () => {
    const run = endedRun(OPEN, "latex", "t", PROOF);
    const text = `\\section{New}\n\n${OPEN}\nMore.\n`;
    assert.match(edited(run, text), /^\\section\{New\}\n\n\\begin\{theorem\}.*\n\\begin\{proof\}[\s\S]*\nMore\.\n$/);
  });

  it("goes into a hole that the author has made meanwhile", () => {
    const run = endedRun(OPEN, "latex", "t", PROOF);
    const result = edited(run, begun("\\todo{later}"));
    assert.match(result, /\\begin\{proof\}\n {2}Let/);
    assert.doesNotMatch(result, /todo/);
  });

  it("makes a new block if the author's empty one is gone", () => {
    const run = endedRun(begun("\\todo{later}"), "latex", "t", PROOF);
    assert.match(edited(run, OPEN), /\\end\{theorem\}\n\\begin\{proof\}\nLet/);
  });

  it("goes on after what is written if only its hole is gone", () => {
    const run = endedRun(begun("First.\n  \\todo{later}"), "latex", "t", PROOF);
    assert.match(edited(run, begun("First.")), /\n {2}First\.\n\n {2}Let/);
  });

  it("does not mind that the written part is broken into other lines or has other line ends", () => {
    const run = endedRun(begun("First of all.\n  \\todo{later}"), "latex", "t", PROOF);
    const text = begun("First\n      of all.\n  \\todo{later}").replaceAll("\n", "\r\n");
    assert.match(edited(run, text), /First\r\n {6}of all\.\r\n\r\n {2}Let/);
  });

  it("leaves a proof alone that the author has written meanwhile", () => {
    const run = endedRun(OPEN, "latex", "t", PROOF);
    assert.match(edited(run, begun("It is clear.")), /^problem: The statement has a proof now.*Copy the proof/);
    assert.match(edited(run, begun("It is clear.\n  \\todo{really?}")), /^problem: The statement has a proof now/);
  });

  it("leaves a written part alone that has changed", () => {
    const run = endedRun(begun("First.\n  \\todo{later}"), "latex", "t", PROOF);
    for (const text of [begun("Second.\n  \\todo{later}"), begun("\\todo{later}"), OPEN]) {
      assert.match(edited(run, text), /^problem: The proof in the document has changed.*“Prove This Statement” again/);
    }
  });

  it("says that the statement has changed before it looks at proofs", () => {
    const run = endedRun(OPEN, "latex", "t", PROOF);
    assert.match(edited(run, OPEN.replace("even", "odd")), /^problem: The statement has changed/);
  });

  it("gives a proof that was cut short, which the author can finish", () => {
    const run = endedRun(OPEN, "latex", "t", "First \\(a=2m\\), and", { kind: "cut-short", message: "…" });
    assert.match(edited(run, OPEN), /First \$a=2m\$, and\n\\end\{proof\}/);
  });

  const others: readonly (Outcome | null)[] = [
    null,
    { kind: "no-proof", message: "…" },
    { kind: "cancelled", message: "…" },
    { kind: "unknown-to-rehearsal", message: "…" },
    { kind: "failed", code: "engine.crashed", message: "…" },
  ];
  for (const outcome of others) {
    it(`has nothing to give when the run ${outcome === null ? "goes on" : `ended as ${outcome.kind}`}`, () => {
      assert.match(edited(endedRun(OPEN, "latex", "t", PROOF, outcome), OPEN), /^problem: This run has no proof/);
    });
  }

  it("has nothing to give when there is no answer", () => {
    assert.match(edited(endedRun(OPEN, "latex", "t", null), OPEN), /^problem: This run has no proof/);
  });

  it("is in Markdown what it is in LaTeX", () => {
    const text = "> [!theorem] T\n> X is even. ^t\n";
    const run = endedRun(text, "markdown", "t", PROOF);
    assert.match(edited(run, `# New\n\n${text}`, "markdown"), /^# New\n\n> \[!theorem\][\s\S]*\n\n> \[!proof\]\n> Let/);
  });
});
