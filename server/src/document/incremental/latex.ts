import type { Block } from "../blocks.js";
import { type Citation, citation } from "../citations.js";
import { type EnvironmentTable, environmentTable } from "../latex/environments.js";
import { numberBlocks } from "../latex/numbering.js";
import { mathStyle } from "../math-style.js";
import type { Document, StatementKind } from "../types.js";
import { readBlocks } from "./blocks.js";
import type { Change } from "./changes.js";
import { placedRanges } from "./ranges.js";
import { respliced, type Segment, segmentsOf } from "./segments.js";
import { rememberedStatements } from "./statements.js";

/** Most titles whose citations are remembered. */
const MOST_TITLES = 20_000;

/** A LaTeX text as it was read, in parts that stay where a change does not touch them. */
export interface LiveLatex {
  readonly document: Document;
  readonly segments: readonly Segment[];
  readonly table: EnvironmentTable;
  readonly memory: Memory;
}

interface Memory {
  readonly names: Readonly<Record<string, StatementKind>>;
  readonly citations: Map<string, Citation | null>;
}

/** Reads a text; null if it is so strange that only all of it at once can be read. */
export function openLatex(text: string, names: Readonly<Record<string, StatementKind>>): LiveLatex | null {
  const memory: Memory = { names, citations: new Map() };
  const segments = segmentsOf(text);
  return read(text, segments, tableOf(segments, names), memory);
}

/** Reads a text after changes, each of which is to the text that those before it gave; null as {@link openLatex}. */
export function editLatex(live: LiveLatex, texts: readonly string[], changes: readonly Change[]): LiveLatex | null {
  let { segments } = live;
  let redeclared = false;
  changes.forEach(({ start, end, text }, k) => {
    const splice = respliced(segments, texts[k]!, start, end, text.length);
    redeclared ||= [...splice.removed, ...splice.added].some(declares);
    ({ segments } = splice);
  });
  const same = !redeclared || declarationsKey(live.segments) === declarationsKey(segments);
  const table = same ? live.table : tableOf(segments, live.memory.names);
  return read(texts.at(-1) ?? live.document.text, segments, table, live.memory);
}

function read(text: string, segments: readonly Segment[], table: EnvironmentTable, memory: Memory): LiveLatex | null {
  // Near the end of its fuel a scan depends on all that was read before.
  let fuel = 0;
  for (const segment of segments) fuel += segment.fuelUsed;
  if (fuel > 100_000 + 4 * text.length) return null;
  const placed = readBlocks(text, segments, table);
  const statements = rememberedStatements(text, "latex", placed, {
    citation: (title) => {
      let known = memory.citations.get(title);
      if (known === undefined) {
        if (memory.citations.size > MOST_TITLES) memory.citations.clear();
        known = citation(title);
        memory.citations.set(title, known);
      }
      return known;
    },
    numbers: (blocks) => numbersOf(blocks, placed, segments, table),
  });
  const math = { dollar: 0, paren: 0, double: 0, bracket: 0 };
  for (const segment of segments) {
    math.dollar += segment.math.dollar;
    math.paren += segment.math.paren;
    math.double += segment.math.double;
    math.bracket += segment.math.bracket;
  }
  const document: Document = {
    syntax: "latex",
    text,
    statements,
    ...placedRanges(segments),
    mathStyle: mathStyle(math, "\\["),
  };
  return { document, segments, table, memory };
}

function numbersOf(
  blocks: readonly Block[],
  placed: readonly { readonly counted: boolean }[],
  segments: readonly Segment[],
  table: EnvironmentTable,
): (k: number) => string | null {
  const numbers = blocks.map(({ number }) => number);
  const theorems = segments.flatMap((segment) => segment.theorems);
  numberBlocks(
    blocks,
    (k) => placed[k]!.counted,
    table,
    theorems,
    (k, number) => {
      numbers[k] = number;
    },
  );
  return (k) => numbers[k]!;
}

function declares(segment: Segment): boolean {
  return segment.theorems.length > 0 || segment.environments.length > 0 || segment.exercises;
}

function declarationsKey(segments: readonly Segment[]): string {
  return JSON.stringify([
    segments.flatMap((segment) => segment.theorems),
    segments.flatMap((segment) => segment.environments),
    segments.some((segment) => segment.exercises),
  ]);
}

function tableOf(segments: readonly Segment[], names: Readonly<Record<string, StatementKind>>): EnvironmentTable {
  return environmentTable(
    {
      theorems: segments.flatMap((segment) => segment.theorems),
      environments: segments.flatMap((segment) => segment.environments),
      tokens: segments.some((segment) => segment.exercises)
        ? [{ type: "begin", name: "exercise", start: 0, end: 0, level: 0 }]
        : [],
    },
    names,
  );
}
