import type { Role } from "./kinds.js";
import type { Markup, StatementKind, TextRange } from "./types.js";

/**
 * A theorem-like block, a proof or a heading as it stands in the text, before proofs are paired with statements. What
 * both scanners give and {@link pair} takes.
 */
export interface Block extends TextRange {
  readonly role: Role | "heading";
  readonly kind: StatementKind;
  readonly name: string;
  readonly title: string | null;
  readonly labels: readonly string[];
  /** The number that a reader sees, as far as it can be told: `3`, `2.4`; null without one. */
  readonly number: string | null;
  readonly body: TextRange;
  readonly markup: Markup;
  readonly closed: boolean;
  readonly provable: boolean;
  /** Depth of a heading, 1 the highest; 0 for all others. */
  readonly level: number;
  /** For proofs whose markup itself says what they prove: labels of it. */
  readonly proves: readonly string[];
}

/** The range without the white space at its ends; empty at `start` if it holds nothing else. */
export function trimRange(text: string, start: number, end: number): TextRange {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return from === to ? { start, end: start } : { start: from, end: to };
}

/** Whether a UTF-16 unit is a space, tab, line end, form feed, no-break space or byte-order mark. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}
