import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { openDocument } from "../../server/src/document/incremental/live.js";
import { parseDocument } from "../../server/src/document/parse.js";
import { LATEX, MARKDOWN } from "./fixtures.js";
import { editsEqual, hostileChange, random } from "./random-edits.js";

/** A text of about 50 kB with every construct, without what ends it early. */
const LATEX_50K = `${LATEX.replace("\\end{document}", "").repeat(38)}\\end{document}\n`;

describe("a document that is being typed", () => {
  it("equals the one read anew after each of 600 hostile edits of LaTeX", function () {
    this.timeout(60_000);
    editsEqual(LATEX_50K, "latex", { edits: 300, every: 1, seed: 7 });
    editsEqual(LATEX.repeat(2), "latex", { edits: 300, every: 1, seed: 8 });
  });

  it("equals the one read anew after each of 300 hostile edits of Markdown", function () {
    this.timeout(60_000);
    editsEqual(MARKDOWN.repeat(6), "markdown", { edits: 300, every: 1, seed: 9 });
  });

  it("is a value: an edit leaves the document that it is made from as it was", () => {
    const below = random(3);
    const live = openDocument(LATEX_50K, "latex");
    const before = structuredClone(live.document);
    for (let k = 0; k < 30; k++) live.edit([hostileChange(LATEX_50K, below)]);
    assert.deepStrictEqual(live.document, before);
    const edited = live.edit([{ start: 0, end: 0, text: "\n" }]);
    assert.deepStrictEqual(edited.document, parseDocument(`\n${LATEX_50K}`, "latex"));
  });

  it("keeps the very objects of what stands before an edit", () => {
    const text = "\\begin{lemma}\na\n\\end{lemma}\n\\begin{proof}\nb\n\\end{proof}\n\n".repeat(400);
    const live = openDocument(text, "latex");
    const at = text.length - 20;
    const edited = live.edit([{ start: at, end: at, text: "x" }]);
    assert.equal(edited.document.statements[0], live.document.statements[0]);
    assert.notEqual(edited.document.text, live.document.text);
  });

  it("takes several changes in order, and cuts ranges beyond the text", () => {
    const live = openDocument("\\begin{lemma}a\\end{lemma}", "latex");
    const edited = live.edit([
      { start: 0, end: 0, text: "x" },
      { start: 1, end: 1, text: "\n" },
      { start: 90, end: 99, text: "\n\\begin{proof}b\\end{proof}" },
    ]);
    const text = "x\n\\begin{lemma}a\\end{lemma}\n\\begin{proof}b\\end{proof}";
    assert.deepStrictEqual(edited.document, parseDocument(text, "latex"));
    assert.equal(edited.document.statements[0]?.proof?.steps.length, 1);
  });

  it("uses the names from elsewhere, and follows a declaration in its preamble", () => {
    const options = { names: { zuerst: "lemma" } } as const;
    const text = `\\documentclass{article}\n${"\\begin{zuerst}a\\end{zuerst}\n\\begin{foo}b\\end{foo}\n\n".repeat(200)}`;
    const live = openDocument(text, "latex", options);
    assert.equal(live.document.statements.length, 200);
    const edited = live.edit([{ start: 24, end: 24, text: "\\newtheorem{foo}{Satz}\n" }]);
    assert.equal(edited.document.statements.length, 400);
    assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, "latex", options));
  });

  it("lets a segment that ends a block far above leave the beginning of that block alone", () => {
    const filler = "\\begin{lemma}\na\n\\end{lemma}\n".repeat(2_000);
    const text = `\\begin{theorem}b ${filler}${" ".repeat(40)}\n\\end{theorem}\n`;
    const edited = openDocument(text, "latex").edit([{ start: text.length - 20, end: text.length - 20, text: " " }]);
    assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, "latex"));
  });

  it("finds that a picture which nothing closed is closed far below", () => {
    const filler = "\\begin{lemma}a\\end{lemma} text\n\n".repeat(400);
    const live = openDocument(`\\begin{tikzpicture}\n${filler}`, "latex");
    assert.equal(live.document.statements.length, 400);
    const at = live.document.text.length - 10;
    const edited = live.edit([{ start: at, end: at, text: "\\end{tikzpicture}" }]);
    assert.equal(edited.document.statements.length, 0);
    assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, "latex"));
  });

  it("equals the one read anew after every 100th of 300 edits of a large chapter", function () {
    this.timeout(60_000);
    const file = new URL("../../../shared/corpus/stacks/more-algebra.tex", import.meta.url);
    if (!existsSync(file)) {
      console.log("      skipped: ../shared/corpus is not here");
      this.skip();
    }
    editsEqual(readFileSync(file, "utf8"), "latex", { edits: 300, every: 100, seed: 10 });
  });
});
