import type { Block } from "../blocks.js";
import type { Token } from "./tokens.js";

/** A name in round brackets that follows a run-in head, and where it ends. */
export function bracketAfter(text: string, at: number): { title: string; end: number } | null {
  const match = /^[\s.:]{0,3}\(([^()\n]{1,120}(?:\([^()\n]*\)[^()\n]*)?)\)(?=\s*[.:]|\s)/.exec(
    text.slice(at, at + 160),
  );
  return match && /^[A-Z]/.test(match[1]!) ? { title: match[1]!, end: at + match[0].length } : null;
}

/** Spacing that belongs to the head that comes after a run-in block. */
const LEAD = /(?:\s|\\(?:noindent|par|medskip|bigskip|smallskip|indent)(?![A-Za-z])|\\vspace\*?\{[^{}]*\})+$/;

/**
 * Where a run-in block that ends before `at` has its end: all that stands before its proof is taken for a statement,
 * but only its first paragraph, with displays and lists that go on with it, if no proof follows.
 */
export function runInEnd(text: string, block: Block, at: number, isProved: boolean): number {
  const from = block.body.start;
  const near = Math.max(from, at - 200);
  const end = Math.max(from, at - (LEAD.exec(text.slice(near, at))?.[0].length ?? 0));
  if (isProved || block.role !== "statement") return end;
  const source = text.slice(from, end);
  for (const gap of source.matchAll(/\n[ \t\r]*\n\s*/g)) {
    const before = source.slice(Math.max(0, gap.index - 80), gap.index).trimEnd();
    const after = source.slice(gap.index + gap[0].length, gap.index + gap[0].length + 40);
    if (/[\p{L}\d$\\]/u.test(before) && !/[:,]$/.test(before) && !/^(?:\p{Ll}|\$\$|\\\[|\\begin|\\item)/u.test(after))
      return from + gap.index;
  }
  return end;
}

/** The offset after the full stop or colon that ends a run-in head. */
export function skipStop(text: string, at: number): number {
  const match = /^\s*[.:]+(?:\\?\s)?/.exec(text.slice(at, at + 10));
  return match ? at + match[0].trimEnd().length : at;
}

/** "{\bf Theorem 3} shows that" is a mention, "{\bf Theorem 3.} Let" a head. */
export function starts(text: string, token: Token, terminated: boolean): boolean {
  if (terminated) return true;
  return /^\s*(?:[.:([—–]|[A-Z$\\]|\n|$)/.test(text.slice(token.end, token.end + 20));
}

/** Whether nothing but white space and marks follow a token on its line. */
export function endsLine(text: string, token: Token): boolean {
  return /^\s*\$?\s*[.}]*\s*(?:%|\n|\\|$)/.test(text.slice(token.end, token.end + 12));
}

/** The range of an end mark with the dollars and the filling space around it. */
export function qedRange(text: string, token: Token): { start: number; end: number } {
  const dollar = text.charCodeAt(token.start - 1) === 36 && text.charCodeAt(token.end) === 36;
  let start = dollar ? token.start - 1 : token.start;
  const end = dollar ? token.end + 1 : token.end;
  const fill = /\\(?:hfill|hspace\*?\{\\fill\}|quad|qquad)\s*$/.exec(text.slice(Math.max(0, start - 30), start));
  if (fill) start -= fill[0].length;
  return { start, end };
}
