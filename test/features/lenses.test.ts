import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { lenses } from "../../server/src/features/lenses.js";

const TEXT = [
  "\\begin{definition}D\\end{definition}",
  "\\begin{theorem}open\\end{theorem}",
  "\\begin{lemma}done\\end{lemma}",
  "\\begin{proof}Clear.\\end{proof}",
  "\\begin{lemma}begun\\end{lemma}",
  "\\begin{proof}First. \\todo{x}\\end{proof}",
  "\\begin{exercise}E\\end{exercise}",
  "",
].join("\n");

describe("lenses", () => {
  const document = parseDocument(TEXT, "latex");
  const shown = (mode: "holes" | "all" | "off") =>
    lenses(document, mode).map(({ offset, title }) => [TEXT.slice(offset).split("\n")[0], title]);

  it("stand above statements without a proof and above proofs with a hole", () => {
    assert.deepEqual(shown("holes"), [
      ["\\begin{theorem}open\\end{theorem}", "Prove this"],
      ["\\begin{lemma}begun\\end{lemma}", "Continue this proof"],
    ]);
  });

  it("stand above everything provable if that is asked for, never above definitions and exercises", () => {
    assert.deepEqual(
      shown("all").map(([line]) => line),
      ["\\begin{theorem}open\\end{theorem}", "\\begin{lemma}done\\end{lemma}", "\\begin{lemma}begun\\end{lemma}"],
    );
  });

  it("are nowhere if they are off", () => {
    assert.deepEqual(shown("off"), []);
  });
});
