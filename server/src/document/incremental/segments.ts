import type { TheoremDeclaration } from "../latex/definitions.js";
import { LEX_START, type LexedPart, type LexState, lexPart, type Token } from "../latex/lex.js";
import { reach } from "../latex/reach.js";
import type { MathCounts } from "../math-style.js";
import type { Directive, Macro, Reference } from "../types.js";
import type { SegmentBlocks } from "./blocks.js";
import type { PlacedRanges } from "./ranges.js";
import type { PlacedBlock } from "./statements.js";

/**
 * A part of a LaTeX text that was scanned on its own: a run of whole lines. All offsets in it count from its start, so
 * that it stays as it is when the text before it changes. The scan of it saw nothing beyond its end.
 */
export interface Segment {
  /** In UTF-16 units. */
  readonly length: number;
  readonly before: LexState;
  readonly after: LexState;
  readonly tokens: readonly Token[];
  readonly theorems: readonly TheoremDeclaration[];
  readonly environments: readonly { readonly name: string; readonly begin: string }[];
  readonly macros: readonly Macro[];
  readonly references: readonly Reference[];
  readonly directives: readonly Directive[];
  readonly math: MathCounts;
  /** Where the text ends for TeX; null in all but the last. */
  readonly end: number | null;
  readonly fuelUsed: number;
  /** The `\end{…}` that nothing in this or a later segment has, though a picture here asks for it. */
  readonly missing: readonly string[];
  /** Whether an environment of the exercise family begins here, which tells what `ex` means. */
  readonly exercises: boolean;
  /** What is remembered of it, for as long as it is true. */
  readonly cache: {
    blocks: SegmentBlocks | null;
    placed: { readonly start: number; readonly blocks: readonly PlacedBlock[] } | null;
    ranges: (PlacedRanges & { readonly start: number }) | null;
  };
}

/** A segment is not cut shorter than this, in UTF-16 units. */
const SHORTEST = 700;
/** It is cut inside of an environment only if it is longer than this. */
const LONGEST = 24_000;
/** How much is scanned at first in the hope to find the end of a segment. */
const WINDOW = 2_600;

/** Copies a part of a text, so that what is cut out of the copy does not keep all of the text in memory. */
export function detached(text: string, start: number, end: number): string {
  return ` ${text.slice(start, end)}`.slice(1);
}

/**
 * Scans the segment that begins at `start`. `rejoins` tells for an offset whether a segment of before begins there, with
 * which this one may end.
 */
function scanSegment(text: string, start: number, before: LexState, rejoins: (offset: number) => boolean): Segment {
  for (let size = WINDOW; ; size *= 4) {
    const whole = start + size >= text.length;
    const window = detached(text, start, whole ? text.length : start + size);
    let envs: string[] = [];
    let seen = 0;
    const missing: string[] = [];
    let hidden = false;
    reach.at = 0;
    const part = lexPart(window, {
      state: before,
      fuel: 200_000 + 4 * text.length,
      stopsAt: (offset, tokens) => {
        if (rejoins(start + offset)) return true;
        if (offset < SHORTEST) return false;
        if (offset > LONGEST) return true;
        for (; seen < tokens.length; seen++) envs = nested(envs, tokens[seen]!);
        return envs.length === 0;
      },
      misses: (close) => {
        missing.push(close);
        if (!whole && text.includes(close, start + window.length - close.length)) hidden = true;
      },
    });
    // What was cut off might have mattered.
    if (!whole && (hidden || reach.at >= window.length || (part.stopped === null && part.end === window.length)))
      continue;
    const length = part.stopped ?? text.length - start;
    return segment(part, length, before, missing);
  }
}

function nested(open: string[], token: Token): string[] {
  if (token.type === "begin") {
    if (token.name !== "document") open.push(token.name);
  } else if (token.type === "end") {
    const k = open.lastIndexOf(token.name);
    if (k >= 0) open.length = k;
  }
  return open;
}

function segment(part: LexedPart, length: number, before: LexState, missing: readonly string[]): Segment {
  const { tokens, theorems, environments, macros, references, directives, math, after, fuelUsed } = part;
  return {
    length,
    before,
    after,
    tokens,
    theorems,
    environments,
    macros,
    references,
    directives,
    math,
    end: part.stopped === null ? part.end : null,
    fuelUsed,
    missing,
    exercises: tokens.some(({ type, name }) => type === "begin" && /^(?:exercise|exer|exr|xca)\*?$/.test(name)),
    cache: { blocks: null, placed: null, ranges: null },
  };
}

/** Cuts a whole text into segments. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let state = LEX_START;
  do {
    const next = scanSegment(text, at, state, () => false);
    segments.push(next);
    at += next.length;
    state = next.after;
    if (next.end !== null) break;
  } while (at < text.length);
  return segments;
}

/** Segments after a change of the text: those of before but for the ones from `from` on, `removed` many. */
export interface Splice {
  readonly segments: readonly Segment[];
  readonly from: number;
  readonly removed: readonly Segment[];
  readonly added: readonly Segment[];
}

/** The segments of a text in which `[start, end)` of the text of before has been replaced by `inserted` units. */
export function respliced(
  segments: readonly Segment[],
  text: string,
  start: number,
  end: number,
  inserted: number,
): Splice {
  const delta = inserted - (end - start);
  let from = 0;
  let at = 0;
  for (; from < segments.length - 1; from++) {
    const { length, missing } = segments[from]!;
    if (at + length > start) break;
    // A picture that nothing closed may be closed now.
    if (missing.length > 0 && missing.some((close) => text.includes(close, at))) break;
    at += length;
  }
  // The first segment of before that begins after the change, and where it begins now.
  let next = from;
  let nextAt = at;
  while (next < segments.length && nextAt < end) nextAt += segments[next++]!.length;
  if (next === from) nextAt += segments[next++]!.length;
  const firstNext = next;
  const starts: number[] = [];
  for (nextAt += delta; next < segments.length; next++) {
    starts.push(nextAt);
    nextAt += segments[next]!.length;
  }
  const added: Segment[] = [];
  let state = segments[from]!.before;
  const rejoins = (offset: number) => indexIn(starts, offset) >= 0;
  for (;;) {
    const scanned = scanSegment(text, at, state, rejoins);
    added.push(scanned);
    at += scanned.length;
    state = scanned.after;
    if (scanned.end !== null) {
      next = segments.length;
      break;
    }
    const rejoined = indexIn(starts, at);
    next = firstNext + rejoined;
    if (rejoined >= 0 && sameState(state, segments[next]!.before)) break;
    if (at >= text.length) {
      next = segments.length;
      break;
    }
  }
  const kept = [...segments.slice(0, from), ...added, ...segments.slice(next)];
  return { segments: kept, from, removed: segments.slice(from, next), added };
}

/** Where a number stands in a rising list; -1 if it does not. */
function indexIn(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = list[middle]!;
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function sameState(a: LexState, b: LexState): boolean {
  return (
    (a.opaque === b.opaque || sameKeys(a.opaque, b.opaque)) &&
    (a.unclosed === b.unclosed || sameKeys(a.unclosed, b.unclosed)) &&
    (a.declarers === b.declarers || sameDeclarers(a.declarers, b.declarers))
  );
}

function sameKeys(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key));
}

function sameDeclarers(a: ReadonlyMap<string, Macro>, b: ReadonlyMap<string, Macro>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([name, macro]) => {
      const other = b.get(name);
      return other?.body === macro.body && other.arguments === macro.arguments;
    })
  );
}
