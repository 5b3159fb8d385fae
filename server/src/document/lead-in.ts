import type { Block } from "./blocks.js";

/** No text further above a proof than this says anything of what it proves, in UTF-16 units. */
export const LOOKS_ABOVE = 300;

/** Whether nothing but comments and less than 200 units stand between a block and the proof below it. */
export function isBlank(text: string, from: number, to: number): boolean {
  return to - from < 200 && /^(?:\s|%[^\n]*\n)*$/.test(text.slice(from, to));
}

/** "prove \ref{a}", in UTF-16 units. */
const SHORTEST_SENTENCE = 12;

/** The sentence that leads into a proof, if it says what is proved ("We now prove Theorem~\ref{x}."); else empty. */
export function sentenceAbove(text: string, blocks: readonly Block[], k: number): string {
  const block = blocks[k]!;
  const previous = blocks[k - 1];
  const from = Math.max(
    block.start - LOOKS_ABOVE,
    previous ? (previous.end <= block.start ? previous.end : previous.body.start) : 0,
  );
  if (block.start - from < SHORTEST_SENTENCE) return "";
  const gap = text.slice(from, block.start).trimEnd();
  const paragraph = gap.slice(gap.lastIndexOf("\n\n") + 1).trim();
  const match =
    /\b(?:prove|proof of|proof for|proving|show)\s+(?:the\s+)?((?:[A-Z][a-z]+[\s~]*)?\\(?:[cCvV]|auto|th)?ref\{[^{}]*\})[^.]{0,40}[.:]?$/.exec(
      paragraph,
    );
  return match ? `of ${match[1]}` : "";
}
