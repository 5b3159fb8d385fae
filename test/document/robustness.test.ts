import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { checkRanges } from "./check.js";
import { LATEX, MARKDOWN } from "./fixtures.js";

const FIXTURES: readonly (readonly [Syntax, string])[] = [
  ["latex", LATEX],
  ["markdown", MARKDOWN],
];

/** A small seeded generator (mulberry32), so that a failure can be seen again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Parses and checks; a failure names the text. No parse may take long: a loop would show as mocha's own timeout. */
function survives(text: string, syntax: Syntax): void {
  try {
    checkRanges(parseDocument(text, syntax));
  } catch (error) {
    throw new Error(`${syntax}: ${JSON.stringify(text.slice(-300))}`, { cause: error });
  }
}

describe("any text gives a document", () => {
  it("cut anywhere, from the front or the back, as LaTeX and as Markdown", () => {
    for (const [, text] of FIXTURES)
      for (const syntax of ["latex", "markdown"] as const)
        for (let cut = 0; cut <= text.length; cut++) {
          survives(text.slice(0, cut), syntax);
          if (cut % 3 === 0) survives(text.slice(cut), syntax);
        }
  });

  it("mutated a thousand times", () => {
    const below = random(20241124);
    const inserts = [
      "$",
      "$$",
      "{",
      "}",
      "[",
      "]",
      "\\",
      "%",
      "\n",
      "\n\n",
      "\\begin{proof}",
      "\\end{proof}",
      "\\begin{",
      "\\iffalse",
      ":::",
      "```",
      "> ",
      "**",
      "∎",
      "<!--",
      "-->",
      "\\[",
      "\u0000",
      "\ud800",
      "\r\n",
      "😀",
      "\\verb|",
      "#",
    ];
    for (let round = 0; round < 1_000; round++) {
      const [syntax, original] = FIXTURES[round % 2]!;
      let text = original;
      for (let edits = 1 + below(4); edits > 0; edits--) {
        const at = below(text.length + 1);
        text = text.slice(0, at) + inserts[below(inserts.length)]! + text.slice(at + below(3) * below(30));
      }
      survives(text, syntax);
    }
  });

  it("with line ends of either kind", () => {
    for (const [syntax, text] of FIXTURES) {
      const names = (source: string) =>
        parseDocument(source, syntax).statements.map(({ name, label, title, proof }) => [
          name,
          label,
          title,
          proof !== null,
        ]);
      assert.deepEqual(names(text.replace(/\n/g, "\r\n")), names(text));
    }
  });

  it("made of one piece repeated 20,000 times, without taking quadratic time", function () {
    this.timeout(60_000);
    const pieces = [
      "\\def\\a{",
      "\\newtheorem{a}[",
      "\\begin{theorem}[",
      "\\begin{proof}",
      "\\begin{lemma}a\\end{lemma}",
      "\\textbf{Lemma 1.} x\n\n",
      "$",
      "%\n",
      "\\begin{tikzpicture}",
      "[",
      "> [!lemma] a\n\n",
      "```{prf:lemma}\n",
      "**Claim.** x\n\n*Proof.* y\n\n",
      "### Proof\n\nx\n\n",
      "<!-- qed: a",
      "TODO ",
      "::: lemma\n",
      "> > ",
    ];
    for (const piece of pieces)
      for (const syntax of ["latex", "markdown"] as const) {
        survives(piece.repeat(20_000), syntax);
        const shell =
          syntax === "latex"
            ? `\\begin{lemma}a\\end{lemma}\\begin{proof}${piece.repeat(20_000)}\\end{proof}`
            : `**Lemma.** a\n\n**Proof.** ${piece.repeat(20_000)}`;
        survives(shell, syntax);
      }
  });

  it("cut at 300 places in each of three corpus files", function () {
    this.timeout(120_000);
    const corpus = new URL("../../../shared/corpus/", import.meta.url);
    if (!existsSync(corpus)) {
      console.log("      skipped: ../shared/corpus is not here");
      this.skip();
    }
    for (const [file, syntax] of [
      ["hott/logic.tex", "latex"],
      ["napkin/tex/alg-NT/classgrp.tex", "latex"],
      ["myst/docs/source/syntax.md", "markdown"],
    ] as const) {
      const text = readFileSync(new URL(file, corpus), "utf8");
      for (let k = 0; k <= 300; k++) survives(text.slice(0, Math.floor((text.length * k) / 300)), syntax);
    }
  });
});
