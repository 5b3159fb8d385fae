/**
 * `npm run soak -- documents`: cuts and mutates documents far more often than the tests do, and edits them live. Ends with 1 if a text
 * throws, takes longer than its bound, or is read otherwise live than anew. Cuts need the corpus in ../shared.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { checkRanges } from "../document/check.js";
import { LATEX, MARKDOWN } from "../document/fixtures.js";
import { editsEqual, hostileChange, random } from "../document/random-edits.js";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const CUTS = 3_000;
const MUTATIONS = 20_000;
const EDITS = 10_000;
/** Longest time for a text, in milliseconds: generous, since a loop or a quadratic scan takes far longer. */
const bound = (length: number): number => 1_000 + length / 100;

let failures = 0;

function survives(what: string, text: string, syntax: Syntax): void {
  const before = performance.now();
  try {
    checkRanges(parseDocument(text, syntax));
  } catch (error) {
    failures++;
    console.log(`FAILED ${what}: ${error}\n${JSON.stringify(text.slice(-300))}`);
  }
  const time = performance.now() - before;
  if (time <= bound(text.length)) return;
  failures++;
  console.log(`TOO SLOW ${what}: ${time.toFixed(0)} ms\n${JSON.stringify(text.slice(-300))}`);
}

function report(what: string, work: () => void): void {
  const before = performance.now();
  try {
    work();
  } catch (error) {
    failures++;
    console.log(`FAILED ${what}: ${error}`, error instanceof Error ? error.cause : "");
  }
  console.log(`${what}: ${((performance.now() - before) / 1_000).toFixed(1)} s`);
}

function corpus(file: string): string | null {
  const url = new URL(file, CORPUS);
  return existsSync(url) ? readFileSync(url, "utf8") : null;
}

for (const [file, syntax] of [
  ["hott/logic.tex", "latex"],
  ["napkin/tex/alg-NT/classgrp.tex", "latex"],
  ["myst/docs/source/syntax.md", "markdown"],
] as const) {
  const text = corpus(file);
  if (text === null) console.log(`SKIPPED: ${file} is in ../shared/corpus, which is not here.`);
  else
    report(`${CUTS} cuts of ${file}`, () => {
      for (let k = 0; k <= CUTS; k++) survives(`cut ${k}`, text.slice(0, Math.floor((text.length * k) / CUTS)), syntax);
    });
}

report(`${MUTATIONS} mutations`, () => {
  const below = random(20261124);
  for (let round = 0; round < MUTATIONS; round++) {
    const syntax: Syntax = round % 2 === 0 ? "latex" : "markdown";
    let text = syntax === "latex" ? LATEX : MARKDOWN;
    for (let edits = 1 + below(4); edits > 0; edits--) {
      const { start, end, text: piece } = hostileChange(text, below);
      text = text.slice(0, start) + piece + text.slice(end);
    }
    survives(`mutation ${round}`, text, syntax);
  }
});

const chapter = corpus("stacks/more-algebra.tex");
const latex = chapter?.slice(0, 50_000) ?? LATEX.replace("\\end{document}", "").repeat(38);
report(`${EDITS} live edits of LaTeX`, () => editsEqual(latex, "latex", { edits: EDITS, every: 1, seed: 1 }));
report(`${EDITS} live edits of a LaTeX text with every construct`, () =>
  editsEqual(LATEX.replace("\\end{document}", "").repeat(38), "latex", { edits: EDITS, every: 1, seed: 2 }),
);
report(`${EDITS} live edits of Markdown`, () =>
  editsEqual(MARKDOWN.repeat(38), "markdown", { edits: EDITS, every: 1, seed: 3 }),
);
if (chapter !== null)
  report("2,000 live edits of a large chapter", () =>
    editsEqual(chapter, "latex", { edits: 2_000, every: 100, seed: 4 }),
  );

console.log(failures === 0 ? "All survived." : `${failures} failed.`);
process.exitCode = failures === 0 ? 0 : 1;
