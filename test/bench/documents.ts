/**
 * How long a keystroke takes until the structure of a large document is known again: `npm run bench:documents`. Prints a
 * table and ends with 1 if a goal is missed. Each time is the best of three replays, so that a noisy machine does not
 * decide. Needs the corpus in ../shared.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type LiveDocument, openDocument } from "../../server/src/document/live.js";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { type Change, changed, random } from "../document/random-edits.js";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const EDITS = 1_000;
/** Fewer, since the blocks of a Markdown text are read as a whole after each edit. */
const MARKDOWN_EDITS = 200;
/** A long note, in UTF-16 units. */
const NOTE = 100_000;
/** Documents that are held at once for the measure of memory. */
const HELD = 10;
const GOALS: Readonly<Record<Syntax, { p95: number; most: number; cold: number; memory: number }>> = {
  latex: { p95: 4, most: 16, cold: 120, memory: 10 },
  // Within a frame.
  markdown: { p95: 16, most: 32, cold: 120, memory: 10 },
};

/** What is done at a random place, how often of {@link EDITS}, and whether it may change all that follows. */
type Kind = readonly [name: string, share: number, change: (text: string, at: number) => Change, far?: true];

const insert =
  (piece: string) =>
  (_: string, at: number): Change => ({ start: at, end: at, text: piece });

const TYPED: readonly Kind[] = [
  ["a letter", 300, insert("a")],
  ["a line end", 50, insert("\n")],
  ["$", 100, insert("$")],
  ["{", 100, insert("{")],
  ["}", 50, insert("}")],
  ["\\", 50, insert("\\")],
  ["%", 50, insert("%")],
  ["one character deleted", 150, (_, at) => ({ start: at, end: at + 1, text: "" })],
  ["300 characters deleted", 50, (_, at) => ({ start: at, end: at + 300, text: "" })],
];

const KINDS: Readonly<Record<Syntax, readonly Kind[]>> = {
  latex: [
    ...TYPED,
    ["\\begin{proof}", 50, insert("\\begin{proof}")],
    ["\\end{proof}", 25, insert("\\end{proof}")],
    ["20 kB pasted", 25, (text, at) => ({ start: at, end: at, text: text.slice(400_000, 420_000) })],
    ["\\newtheorem in the preamble", 10, () => insert("\\newtheorem{lemma}{Lemma}\n")("", 0), true],
    ["\\iffalse", 10, insert("\\iffalse"), true],
    ["\\begin{verbatim}", 10, insert("\\begin{verbatim}"), true],
  ],
  markdown: [
    ...TYPED,
    ["**Proof.**", 50, insert("\n\n**Proof.** ")],
    ["a fence", 10, insert("\n```\n"), true],
    ["-->", 15, insert("-->")],
    ["20 kB pasted", 25, (text, at) => ({ start: at, end: at, text: text.slice(40_000, 60_000) })],
    ["<!--", 10, insert("\n\n<!--"), true],
  ],
};

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function timed<T>(work: () => T): readonly [T, number] {
  const before = performance.now();
  const result = work();
  return [result, performance.now() - before];
}

/** Bytes on the heap after a collection; needs `--expose-gc`, without which it is only near. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

function measure(name: string, text: string, syntax: Syntax, edits: number): boolean {
  console.log(`\n${name}: ${(text.length / 1e6).toFixed(2)} million characters`);
  const times = (work: () => unknown) => Array.from({ length: 12 }, () => timed(work)[1]);
  const cold = Math.min(...times(() => parseDocument(text, syntax)));
  const opened = Math.min(...times(() => openDocument(text, syntax)));
  const below = random(1);
  const before = heap();
  // Several, since what V8 keeps or drops of its own is as much as a small document.
  const held: readonly LiveDocument[] = Array.from({ length: HELD }, () => openDocument(text, syntax));
  const memory = (heap() - before) / HELD / text.length;
  let live = held[0]!;
  // The first keystrokes of a session find nothing compiled.
  for (let k = 0; k < 50; k++) {
    const start = below(text.length);
    live = live.read(changed(text, [{ start, end: start, text: "a" }])).read(text);
  }
  const near: number[] = [];
  const lines: (readonly string[])[] = [];
  let count = 0;
  for (const [kind, share, change, far] of KINDS[syntax]) {
    const own: number[] = [];
    for (let k = 0; k < (share * edits) / 1_000; k++) {
      const wanted = change(text, below(text.length));
      const done = { ...wanted, end: Math.min(wanted.end, text.length) };
      const undo = { start: done.start, end: done.start + done.text.length, text: text.slice(done.start, done.end) };
      let best = Number.POSITIVE_INFINITY;
      let bestUndo = Number.POSITIVE_INFINITY;
      for (let replay = 0; replay < 3; replay++) {
        const before = live.document.text;
        const [edited, time] = timed(() => live.read(changed(before, [done])));
        if (replay === 0 && count++ % 100 === 0)
          assert.deepStrictEqual(edited.document, parseDocument(edited.document.text, syntax));
        const [back, undoTime] = timed(() => edited.read(changed(edited.document.text, [undo])));
        live = back;
        best = Math.min(best, time);
        bestUndo = Math.min(bestUndo, undoTime);
      }
      own.push(best, bestUndo);
    }
    if (!far) near.push(...own);
    own.sort((a, b) => a - b);
    lines.push([kind + (far ? " (changes all that follows)" : ""), ...row(own)]);
  }
  near.sort((a, b) => a - b);
  lines.push(["all that change what is near", ...row(near)]);
  console.log(`${"edit and its undoing, ms".padEnd(55)}  median     p95     max`);
  for (const [kind = "", ...numbers] of lines)
    console.log(kind.padEnd(54) + numbers.map((number) => number.padStart(8)).join(""));
  const goal = GOALS[syntax];
  const goals: readonly (readonly [string, number, number])[] = [
    ["keystroke, p95, ms", at(near, 0.95), goal.p95],
    ["keystroke, most, ms", at(near, 1), goal.most],
    ["cold parse, ms", cold, goal.cold],
    ["memory, bytes per character", memory, goal.memory],
  ];
  for (const [what, value, most] of goals)
    console.log(`${value <= most ? "met   " : "MISSED"} ${what}: ${value.toFixed(2)} (goal ${most})`);
  console.log(`       opened for typing, ms: ${opened.toFixed(0)}`);
  return goals.every(([, value, most]) => value <= most);

  function row(sorted: readonly number[]): string[] {
    return [at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1)].map((time) => time.toFixed(2));
  }
}

/** The Markdown files of the corpus, one after another, again and again up to the length of a long note. */
function markdownNote(): string {
  const folder = new URL("myst/", CORPUS);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  const samples = new URL("../../samples/", import.meta.url);
  const notes = [
    ...files.map((file) => new URL(file, folder)),
    ...readdirSync(samples, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => new URL(file, samples)),
  ].map((file) => readFileSync(file, "utf8").replace(/^---\n[\s\S]*?\n---\n/, ""));
  const once = notes.join("\n\n");
  return once.repeat(Math.ceil(NOTE / once.length)).slice(0, NOTE);
}

if (existsSync(CORPUS)) {
  const chapter = readFileSync(new URL("stacks/more-algebra.tex", CORPUS), "utf8");
  const met = [
    measure("LaTeX, stacks/more-algebra.tex", chapter, "latex", EDITS),
    measure("Markdown, a note of the corpus's files", markdownNote(), "markdown", MARKDOWN_EDITS),
  ];
  process.exitCode = met.every((all) => all) ? 0 : 1;
} else console.log("SKIPPED: the documents to measure on are in ../shared/corpus, which is not here.");
