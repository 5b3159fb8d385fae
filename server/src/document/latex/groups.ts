/**
 * Reading of braced and bracketed arguments. All functions are bounded by `limit` and give -1 for what is not there or
 * not closed, so that half-typed text costs little and breaks nothing.
 */

/** Longest argument of a declaration that is read, in UTF-16 units. */
export const LONGEST_DECLARATION = 20_000;
/** Longest title that is read, in UTF-16 units. */
export const LONGEST_TITLE = 2_000;

/** A run of blanks and comments before an argument is not followed further than this, in UTF-16 units. */
const LONGEST_BLANK = 2_000;

/** What may still be read ahead in one document: makes hostile nesting of unclosed groups linear. */
export interface Fuel {
  left: number;
  /** How far has been read ahead. */
  reach: number;
}

function spend(fuel: Fuel, units: number, reached: number): void {
  fuel.left -= units;
  fuel.reach = Math.max(fuel.reach, reached);
}

/** Skips blanks, at most one line end, and comments, as TeX does before an argument; stops at a blank line. */
export function skipBlank(text: string, at: number): number {
  let i = at;
  let lines = 0;
  while (i - at <= LONGEST_BLANK) {
    const c = text.charCodeAt(i);
    if (c === 32 || c === 9 || c === 13) i++;
    else if (c === 10) {
      if (++lines > 1) return i;
      i++;
    } else if (c === 37) {
      const end = text.indexOf("\n", i);
      if (end < 0 || end - at > LONGEST_BLANK) return i;
      i = end + 1;
      // A comment swallows its line end.
      while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
      lines = 0;
    } else return i;
  }
  return i;
}

/** The offset after the `}` that closes the `{` at `at`, or -1. */
export function groupEnd(text: string, at: number, limit: number, fuel?: Fuel): number {
  if (text.charCodeAt(at) !== 123) return -1;
  const stop = Math.min(text.length, at + limit, fuel ? at + fuel.left : Number.POSITIVE_INFINITY);
  let depth = 0;
  let i = at;
  for (; i < stop; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 123) depth++;
    else if (c === 125) {
      if (--depth === 0) {
        if (fuel) spend(fuel, (i - at) >> 3, i + 1);
        return i + 1;
      }
    } else if (c === 37) {
      const end = text.indexOf("\n", i);
      if (end < 0 || end >= stop) break;
      i = end;
    }
  }
  if (fuel) spend(fuel, i - at, i);
  return -1;
}

/**
 * The offset after the `]` that closes the `[` at `at`, or -1. Brackets nest; where they don't balance, the first `]`
 * outside braces counts, as in LaTeX. A blank line, `\begin` or `\end` ends the search.
 */
export function bracketEnd(text: string, at: number, limit: number, fuel?: Fuel): number {
  if (text.charCodeAt(at) !== 91) return -1;
  const stop = Math.min(text.length, at + limit, fuel ? at + fuel.left : Number.POSITIVE_INFINITY);
  let brackets = 0;
  let braces = 0;
  let first = -1;
  let i = at;
  for (; i < stop; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) {
      if (text.startsWith("\\begin{", i) || text.startsWith("\\end{", i)) break;
      i++;
    } else if (c === 123) braces++;
    else if (c === 125) {
      if (--braces < 0) break;
    } else if (c === 37) {
      const end = text.indexOf("\n", i);
      if (end < 0 || end >= stop) break;
      i = end;
    } else if (c === 10) {
      if (/^[ \t\r]*\n/.test(text.slice(i + 1, i + 40))) break;
    } else if (braces === 0 && c === 91) brackets++;
    else if (braces === 0 && c === 93) {
      if (--brackets === 0) {
        if (fuel) fuel.reach = Math.max(fuel.reach, i + 1);
        return i + 1;
      }
      if (first < 0) first = i + 1;
    }
  }
  if (fuel) spend(fuel, i - at, i);
  return first;
}

/** `{name}` after `at` (blanks allowed before it): the name and the offset after it; null if there is none. */
export function readName(text: string, at: number): { readonly name: string; readonly end: number } | null {
  const i = skipBlank(text, at);
  if (text.charCodeAt(i) !== 123) return null;
  for (let j = i + 1; j < text.length && j < i + 120; j++) {
    const c = text.charCodeAt(j);
    if (c === 125) return { name: text.slice(i + 1, j).trim(), end: j + 1 };
    if (c === 123 || c === 10 || c === 37 || c === 92) return null;
  }
  return null;
}
