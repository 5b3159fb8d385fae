import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { applyChanges } from "../../server/src/features/placement.js";
import { proofEdit } from "../../server/src/features/proof-edit.js";
import { provenanceLine } from "../../server/src/features/provenance.js";
import { standingAlone } from "../../server/src/features/surroundings.js";
import type { Run } from "../../server/src/store/run.js";
import { CASES } from "./placement-cases.js";
import { PROOF, place } from "./placing.js";
import { endedRun } from "./runs.js";

const OPEN = "\\begin{theorem}\\label{t}X is even.\\end{theorem}\n";

const by = (run: Run, model: string, rehearsal = false): Run => ({
  ...run,
  engine: { type: "engine", engine: "local", model, device: "CPU", rehearsal, temperature: 0.6, topP: 0.95 },
});

describe("the line that says where a proof comes from", () => {
  const run = by(endedRun(OPEN, "latex", "t", PROOF), "QED-Nano-SFT Q8_0");

  it("names model and thinking tokens, and says that nobody has checked the proof", () => {
    const thought = { text: "x", tokens: 12_345, cut: false };
    assert.equal(
      provenanceLine({ ...run, thought }, "latex"),
      "% qed: by QED-Nano-SFT Q8_0, 12,345 thinking tokens, not checked",
    );
    assert.equal(
      provenanceLine({ ...run, thought }, "markdown"),
      "<!-- qed: by QED-Nano-SFT Q8_0, 12,345 thinking tokens, not checked -->",
    );
    assert.match(
      provenanceLine(by(run, "qed-rehearsal", true), "latex"),
      /^% qed: by qed-rehearsal \(rehearsal model\), /,
    );
  });

  it("says that the thought was closed early and that the proof is cut short", () => {
    const thought = { text: "x", tokens: 8192, cut: true, early: "loop" } as const;
    const outcome = { kind: "cut-short", message: "" } as const;
    assert.equal(
      provenanceLine({ ...run, thought, outcome }, "latex"),
      "% qed: by QED-Nano-SFT Q8_0, thinking cut at 8,192 tokens, when it went round in circles, proof cut short, not checked",
    );
  });

  it("keeps a stranger's name of a model within its comment", () => {
    for (const name of [
      "a\n\\input{x}",
      "--><script>alert(1)</script>",
      "% qed: accept\n",
      "",
      "x".repeat(500),
      "a--b--->",
    ]) {
      for (const syntax of ["latex", "markdown"] as const) {
        const line = provenanceLine(by(run, name), syntax);
        assert.doesNotMatch(line, /\n|\\|<script|--.*--.*--/);
        assert.equal(line.indexOf("-->"), syntax === "markdown" ? line.length - 3 : -1);
        assert.ok(line.length < 200);
      }
    }
  });

  it("is not written unless it is asked for", () => {
    const document = parseDocument(OPEN, "latex");
    const text = (provenance: boolean) => {
      const edit = proofEdit(document, run, standingAlone(document), provenance);
      assert.ok("changes" in edit);
      return applyChanges(OPEN, edit.changes);
    };
    assert.doesNotMatch(text(false), /qed:/);
    assert.match(text(true), /\\begin\{proof\}\n% qed: by [^\n]+\nLet/);
  });

  it("stays out of the way of a proof that goes on in the author's own sentence", () => {
    const text = `${OPEN}\\begin{proof}\n  Since $X=2k$,\n  \\todo{go on}\n\\end{proof}\n`;
    const going = by(endedRun(text, "latex", "t", PROOF), "m");
    const answer = { text: `${going.header.prefix} it is even.`, tokens: 5 };
    const document = parseDocument(text, "latex");
    const edit = proofEdit(document, { ...going, answer }, standingAlone(document), true);
    assert.ok("changes" in edit);
    assert.match(
      applyChanges(text, edit.changes),
      /Since \$X=2k\$, % qed: by m, [^\n]+\n {2}it is even\.\n\\end\{proof\}/,
    );
  });

  for (const { what, text, syntax, which } of CASES) {
    it(`stands where a comment may, and breaks nothing: ${syntax}, ${what}`, () => {
      const note = syntax === "latex" ? "% qed: by m, not checked" : "<!-- qed: by m, not checked -->";
      const placed = place(text, syntax, which ?? null, PROOF, note);
      assert.equal(placed.text.split("qed: by m").length, 2);
      const ended =
        syntax === "latex" ? /% qed: by m, not checked\r?\n/ : /<!-- qed: by m, not checked -->(?: \S|\r?\n)/;
      assert.match(placed.text, ended);
      assert.ok(placed.after.directives.some(({ verb }) => verb === "by"));
    });
  }
});
