import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { openDocument } from "../../server/src/document/live.js";
import { parseDocument } from "../../server/src/document/parse.js";
import { LATEX, MARKDOWN } from "./fixtures.js";
import { changed, editsEqual, hostileChange, random } from "./random-edits.js";

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
    for (let k = 0; k < 30; k++) live.read(changed(LATEX_50K, [hostileChange(LATEX_50K, below)]));
    assert.deepStrictEqual(live.document, before);
    const edited = live.read(`\n${LATEX_50K}`);
    assert.deepStrictEqual(edited.document, parseDocument(`\n${LATEX_50K}`, "latex"));
  });

  it("keeps the very steps of what stands before an edit", () => {
    const text = "\\begin{lemma}\na\n\\end{lemma}\n\\begin{proof}\nb\n\\end{proof}\n\n".repeat(400);
    const live = openDocument(text, "latex");
    const edited = live.read(`${text.slice(0, -20)}x${text.slice(-20)}`);
    assert.equal(edited.document.statements[0]?.proof?.steps, live.document.statements[0]?.proof?.steps);
    assert.notEqual(edited.document.text, live.document.text);
  });

  it("takes any other text for what it has become", () => {
    const live = openDocument("\\begin{lemma}a\\end{lemma}", "latex");
    const text = "x\n\\begin{lemma}a\\end{lemma}\n\\begin{proof}b\\end{proof}";
    assert.deepStrictEqual(live.read(text).document, parseDocument(text, "latex"));
    assert.deepStrictEqual(live.read("").document, parseDocument("", "latex"));
    assert.deepStrictEqual(live.read("").read(text).document, parseDocument(text, "latex"));
    assert.deepStrictEqual(live.read(live.document.text).document, live.document);
  });

  it("uses the names from elsewhere, and follows a declaration in its preamble", () => {
    const options = { names: { zuerst: "lemma" } } as const;
    const text = `\\documentclass{article}\n${"\\begin{zuerst}a\\end{zuerst}\n\\begin{foo}b\\end{foo}\n\n".repeat(200)}`;
    const live = openDocument(text, "latex", options);
    assert.equal(live.document.statements.length, 200);
    const edited = live.read(`${text.slice(0, 24)}\\newtheorem{foo}{Satz}\n${text.slice(24)}`);
    assert.equal(edited.document.statements.length, 400);
    assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, "latex", options));
  });

  it("reads a block that ends far below its beginning", () => {
    const filler = "\\begin{lemma}\na\n\\end{lemma}\n".repeat(2_000);
    const text = `\\begin{theorem}b ${filler}${" ".repeat(40)}\n\\end{theorem}\n`;
    const edited = openDocument(text, "latex").read(`${text.slice(0, -20)} ${text.slice(-20)}`);
    assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, "latex"));
  });

  it("finds that a picture which nothing closed is closed far below", () => {
    const filler = "\\begin{lemma}a\\end{lemma} text\n\n".repeat(400);
    const live = openDocument(`\\begin{tikzpicture}\n${filler}`, "latex");
    assert.equal(live.document.statements.length, 400);
    const { text } = live.document;
    const edited = live.read(`${text.slice(0, -10)}\\end{tikzpicture}${text.slice(-10)}`);
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
