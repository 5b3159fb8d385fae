import type { Syntax } from "../../document/types.js";
import { cutsOf, firstLine } from "./cuts.js";
import { isBalanced, scanMarkup } from "./markup.js";
import type { WritingPlace } from "./place.js";

/** Words that are the same at the end of an item and after the cursor from this many on: then they are repeated. */
const REPEATED_WORDS = 3;

/** What may be offered of a text that goes on at a place. */
export interface Shaped {
  /** To the end of the sentence or display, or the first line if no more is known; null if nothing can be offered. */
  readonly first: string | null;
  /** All of it; null if that is no more than `first`. */
  readonly whole: string | null;
}

/**
 * Cuts a text so that each piece is balanced where it is put, ends a sentence or display, and repeats nothing that
 * stands after the place.
 * @param text in the file's own syntax, as it would go in at the place
 * @param complete whether no more of it comes
 */
export function shape(text: string, place: WritingPlace, syntax: Syntax, complete: boolean): Shaped {
  const { open } = place.markup;
  const fresh = withoutRepeated(text, place.after);
  const done = complete || fresh.length < text.length;
  const ends = cutsOf(fresh, done);
  const fits = (end: number) =>
    isBalanced(fresh.slice(0, end), syntax, open) && joinsWell(fresh.slice(0, end), place, syntax);
  const sentence = ends.find(fits);
  const line = sentence === undefined ? firstLine(fresh, syntax, open) : null;
  const first =
    sentence !== undefined ? fresh.slice(0, sentence) : line !== null && joinsWell(line, place, syntax) ? line : null;
  const last = ends.findLast(fits);
  const whole = last === undefined || first === null || last <= first.length ? null : fresh.slice(0, last);
  return { first, whole };
}

/** Whether what is open before and after the item stays what it was: no delimiter joins with a neighbour. */
function joinsWell(item: string, { before, after, markup }: WritingPlace, syntax: Syntax): boolean {
  if (/[A-Za-z]$/.test(item) && /\\[A-Za-z]+$/.test(item) && /^[A-Za-z]/.test(after)) return false;
  if (/^[A-Za-z]/.test(item) && /\\[A-Za-z@]+$/.test(before) && markup.formula === null) return false;
  const same = (a: ReturnType<typeof scanMarkup>, b: ReturnType<typeof scanMarkup>) =>
    a.broken === b.broken && a.hidden === b.hidden && a.open.join("\0") === b.open.join("\0");
  return (
    same(scanMarkup(before + item, syntax), markup) &&
    same(scanMarkup(before + item + after, syntax), scanMarkup(before + after, syntax))
  );
}

/** A text up to where it says what stands after the place. */
function withoutRepeated(text: string, after: string): string {
  const next = words(after.slice(0, 400));
  if (next.length === 0) return text;
  const own = words(text);
  const needed = Math.min(REPEATED_WORDS, next.length);
  for (let k = 0; k < own.length; k++) {
    let same = 0;
    while (same < needed && own[k + same]?.text === next[same]!.text) same++;
    // The last words of the item may be the first after it.
    if (same === needed || (k + same === own.length && same > 0)) return text.slice(0, own[k]!.start).trimEnd();
  }
  return text;
}

function words(text: string): { readonly text: string; readonly start: number }[] {
  return [...text.matchAll(/\\[A-Za-z]+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)].map((match) => ({
    text: match[0].toLowerCase(),
    start: match.index,
  }));
}
