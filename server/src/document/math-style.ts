import type { MathStyle } from "./types.js";

/** How often each delimiter opens mathematics in a text. */
export interface MathCounts {
  readonly dollar: number;
  readonly paren: number;
  readonly double: number;
  readonly bracket: number;
}

/** The delimiters that occur most; `$` and `fallback` where none do. */
export function mathStyle(math: MathCounts, fallback: MathStyle["display"]): MathStyle {
  return {
    inline: math.paren > math.dollar ? "\\(" : "$",
    display: math.double === math.bracket ? fallback : math.double > math.bracket ? "$$" : "\\[",
  };
}
