import { type Fuel, groupEnd, LONGEST_DECLARATION } from "./latex/groups.js";
import type { TextRange } from "./types.js";

const NOTE = /\\(?:footnote|footnotetext|marginpar|marginnote|sidenote|thanks)(?:\[[^\]\n]{0,20}\])?\s{0,5}(?=\{)/g;

/** The closed footnotes in a range of LaTeX, in order: their paragraphs belong to the sentence that carries them. */
export function footnotesIn(text: string, range: TextRange): TextRange[] {
  const notes: TextRange[] = [];
  const fuel: Fuel = { left: 4 * LONGEST_DECLARATION + (range.end - range.start), reach: 0 };
  for (const match of text.slice(range.start, range.end).matchAll(NOTE)) {
    const start = range.start + match.index;
    if (start < (notes.at(-1)?.end ?? 0)) continue;
    const end = groupEnd(text, start + match[0].length, Math.min(LONGEST_DECLARATION, range.end - start), fuel);
    if (end > 0) notes.push({ start, end });
  }
  return notes;
}
