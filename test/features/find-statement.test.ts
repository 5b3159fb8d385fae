import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { findStatement } from "../../server/src/features/find-statement.js";
import { noted } from "../../server/src/prover/run-header.js";
import { statementOf } from "./runs.js";

const theorem = (body: string, label: string | null = null) =>
  `\\begin{theorem}${label === null ? "" : `\\label{${label}}`}\n  ${body}\n\\end{theorem}\n`;

/** Notes a statement of `before` and looks for it in `after`: the offset where it is found, or the problem. */
function sought(before: string, which: string | number, after: string): number | string {
  const then = parseDocument(before, "latex");
  const found = findStatement(
    parseDocument(after, "latex"),
    noted(then, statementOf(then, which), "file:///paper.tex"),
  );
  return "problem" in found ? found.problem : found.statement.start;
}

describe("finding a run's statement again", () => {
  it("follows it when text above is added or taken away", () => {
    const text = `Some words.\n\n${theorem("A is even.")}${theorem("B is odd.")}`;
    const longer = `\\section{New}\n${"More words.\n".repeat(50)}${text}`;
    assert.equal(sought(text, 1, longer), longer.indexOf("\\begin{theorem}\n  B"));
    const shorter = text.slice(13);
    assert.equal(sought(text, 1, shorter), shorter.indexOf("\\begin{theorem}\n  B"));
  });

  it("does not mind other indentation, line ends, comments and labels", () => {
    const text = theorem("A is even\n  and small.", "a");
    assert.equal(sought(text, 0, text.replaceAll("\n", "\r\n")), 0);
    assert.equal(sought(text, 0, text.replace("even\n  and", "even % why?\n      and")), 0);
    assert.equal(sought(text, 0, text.replace("\\label{a}", "[Title]\\label{renamed}")), 0);
  });

  it("takes the nearest of several statements that say the same", () => {
    const text = `${theorem("A is even.")}${"Words.\n".repeat(40)}${theorem("A is even.")}`;
    const second = text.lastIndexOf("\\begin{theorem}");
    assert.equal(sought(text, 0, text), 0);
    assert.equal(sought(text, 1, text), second);
    assert.equal(sought(text, 1, `% a line\n${text}`), second + 9);
  });

  it("lets the label decide between statements that say the same, wherever they are", () => {
    const text = theorem("A is even.", "first") + theorem("A is even.", "second");
    const swapped = theorem("A is even.", "second") + theorem("A is even.", "first");
    assert.equal(sought(text, "first", swapped), swapped.lastIndexOf("\\begin{theorem}"));
    assert.equal(sought(text, "second", swapped), 0);
  });

  it("says that a statement has changed, in one sentence for the next step", () => {
    const problem = sought(theorem("A is even.", "a"), "a", theorem("A is odd.", "a"));
    assert.match(String(problem), /^The statement has changed since .*Run “Prove This Statement” again/);
  });

  it("says that a statement without a label is not there as it was", () => {
    const problem = sought(theorem("A is even."), 0, theorem("A is odd."));
    assert.match(String(problem), /no longer in the document as it was.*Copy the proof from the panel/);
  });

  it("says that a statement is gone", () => {
    for (const after of ["", "No theorem here.\n", theorem("A is even.", "a").replaceAll("theorem", "quote")]) {
      assert.match(String(sought(theorem("A is even.", "a"), "a", after)), /no longer in the document/);
    }
  });
});
