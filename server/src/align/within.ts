import type { ProofToken } from "./tokens.js";
import type { ProofUnit } from "./units.js";

/** Where a half-written sentence is in a whole one. */
export interface PlaceWithin {
  /** Offset in the found proof from which it goes on. */
  readonly offset: number;
  /** Whether the place is inside a formula, and the formula's end before its delimiter. */
  readonly formulaEnd: number | null;
  /** Share of what is written that the found sentence has too, 0 to 1. */
  readonly agreement: number;
}

const MATCH = 1;
const OTHER_WORD = -0.5;
const GAP = -0.8;
const OTHER_FORMULA = -2;

/**
 * Where a sentence that is being written goes on in a found one: its tokens against each beginning of the found ones,
 * order kept, words exchanged at a cost. null unless the last thing written stands there too, once.
 */
export function placeWithin(written: ProofUnit, found: ProofUnit): PlaceWithin | null {
  const a = spoken(written.tokens);
  const b = spoken(found.tokens);
  const last = a.at(-1);
  if (last === undefined || b.length === 0 || written.tokens.at(-1) !== last) return null;
  let row = [0, ...b.map((_, j) => (j + 1) * GAP)];
  let beforeLast = row;
  a.forEach((token) => {
    beforeLast = row;
    const next = [row[0]! + GAP];
    b.forEach((other, j) => {
      next.push(Math.max(row[j]! + credit(token, other), row[j + 1]! + GAP, next[j]! + GAP));
    });
    row = next;
  });
  let best: { readonly j: number; readonly score: number } | null = null;
  let second = Number.NEGATIVE_INFINITY;
  b.forEach((other, j) => {
    if (!begins(last, other)) return;
    const score = beforeLast[j]! + MATCH;
    if (best === null || score > best.score) {
      second = best?.score ?? second;
      best = { j, score };
    } else second = Math.max(second, score);
  });
  if (best === null) return null;
  const { j, score } = best as { j: number; score: number };
  if (score < 0.5 * a.length || score - second < 0.7) return null;
  const place = after(last, b[j]!);
  return place === null ? null : { ...place, agreement: score / a.length };
}

const spoken = (tokens: readonly ProofToken[]) => tokens.filter(({ kind }) => kind === "word" || kind === "formula");

function credit(token: ProofToken, other: ProofToken): number {
  if (token.kind !== other.kind) return 2 * GAP;
  if (token.text === other.text) return MATCH;
  return token.kind === "word" ? OTHER_WORD : OTHER_FORMULA;
}

/** Whether what is typed is the other token or a beginning of it. */
function begins(typed: ProofToken, other: ProofToken): boolean {
  if (typed.kind !== other.kind) return false;
  if (typed.kind === "word") return other.text.startsWith(typed.text);
  if (typed.closed) return typed.text === other.text;
  if (typed.symbols.length === 0 || typed.symbols.length > other.symbols.length) return false;
  return typed.symbols.every((symbol, k) => {
    const same = other.symbols[k]!.text;
    return k === typed.symbols.length - 1 ? same.startsWith(symbol.text) : same === symbol.text;
  });
}

function after(typed: ProofToken, other: ProofToken): Omit<PlaceWithin, "agreement"> | null {
  if (typed.kind === "word") {
    const offset = other.start + (typed.end - typed.start);
    return { offset, formulaEnd: null };
  }
  if (typed.closed) return { offset: other.end, formulaEnd: null };
  const k = typed.symbols.length - 1;
  const symbol = other.symbols[k]!;
  const end = other.symbols.at(-1)!.end;
  const offset = symbol.start + typed.symbols[k]!.text.length;
  return offset >= end ? null : { offset, formulaEnd: end };
}
