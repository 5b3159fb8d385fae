import type { FoundProof } from "../../align/align.js";
import { convertFormulaRest, convertRest, type Writing, type WritingStyle } from "./convert-rest.js";
import { isBalanced } from "./markup.js";
import type { WritingPlace } from "./place.js";
import { type Shaped, shape } from "./shape.js";

const NOTHING: Shaped = { first: null, whole: null };

/** What a found proof offers at a place: the rest from where it goes on, converted and cut. */
export function offerFound(found: FoundProof, place: WritingPlace, writing: Writing, complete: boolean): Shaped {
  const goesOn = found.continuation(place.plain.before, place.plain.after);
  if (goesOn === null) return NOTHING;
  const ends = complete || goesOn.end < found.text.length;
  if (goesOn.formulaEnd !== null) {
    return offerText(found.text.slice(goesOn.offset, goesOn.formulaEnd), place, writing, true);
  }
  if (place.markup.formula !== null) return NOTHING;
  const { head, tail } = parts(found.text, goesOn.offset, goesOn.end);
  const near = offerProse(head, place, writing, ends || tail !== "");
  if (tail === "" || near.first === null) return near;
  const known = near.whole ?? near.first;
  const rest = convertedTail(tail, writing);
  if (rest === null) return near;
  const { lead, style } = writing;
  const joined = `${known}\n${lead.trimEnd()}\n${lead}${rest}`;
  const { whole } = shape(joined, place, style.syntax, ends);
  return { first: near.first, whole: whole ?? near.whole };
}

/** Shortest part that is converted by itself, in UTF-16 units. */
const PART = 500;
const MOST_TAILS = 16;
/** By the style: its labels and macros say what a tail becomes, and what is harm in it. */
const tailsOf = new WeakMap<WritingStyle, Map<string, string | null>>();

/**
 * The rest of a found proof as the part around the place and all after it. Where they meet depends on the proof alone:
 * what comes after is then converted once, not at each key.
 */
function parts(text: string, offset: number, end: number): { readonly head: string; readonly tail: string } {
  let from = 0;
  for (const { index } of text.matchAll(/\n[ \t]*\n(?=[^\s\-*+\d>|`~:])/g)) {
    if (index - from < PART || !isBalanced(text.slice(from, index), "markdown")) continue;
    from = index;
    // A sentence must fit before the end of the part.
    if (index - offset < PART / 2) continue;
    return index >= end
      ? { head: text.slice(offset, end), tail: "" }
      : { head: text.slice(offset, index), tail: text.slice(index, end) };
  }
  return { head: text.slice(offset, end), tail: "" };
}

function convertedTail(tail: string, writing: Writing): string | null {
  const { flavour, lead, style } = writing;
  const tails = tailsOf.get(style) ?? new Map<string, string | null>();
  tailsOf.set(style, tails);
  const key = JSON.stringify([flavour, lead, tail]);
  let rest = tails.get(key);
  if (rest === undefined) {
    rest = convertRest(tail, false, { ...writing, column: lead.length });
    if (tails.size >= MOST_TAILS) tails.delete(tails.keys().next().value!);
    tails.set(key, rest);
  }
  return rest;
}

/** What a text that goes on directly at the place offers there. */
export function offerText(text: string, place: WritingPlace, writing: Writing, complete: boolean): Shaped {
  const { formula, open } = place.markup;
  if (formula === null) return offerProse(text, place, writing, complete);
  const delimiter = open.findLast((entry) => /^(?:\$\$?|\\[([]|begin:)/.test(entry)) ?? "";
  const end = formulaEnd(text, delimiter);
  if (end === null && !complete) return NOTHING;
  const rest = text.slice(0, end ?? undefined).trimEnd();
  const display = delimiter !== "$" && delimiter !== "\\(";
  const converted = convertFormulaRest(rest, place.before.slice(formula), display, writing);
  if (converted === null || converted.trim() === "") return NOTHING;
  const { first, whole } = shape(converted, place, writing.style.syntax, true);
  return { first: whole ?? first, whole: null };
}

/** Where the formula ends in which a text begins; null if it doesn't say. */
function formulaEnd(text: string, delimiter: string): number | null {
  const close =
    delimiter === "$" || delimiter === "$$"
      ? /(?<!\\)(?:\\\\)*(?:\$|\\\)|\\\])/
      : delimiter.startsWith("begin:")
        ? /\\end\s*\{/
        : /\\\)|\\\]|\$/;
  const match = close.exec(text);
  return match ? match.index : null;
}

function offerProse(fragment: string, place: WritingPlace, writing: Writing, complete: boolean): Shaped {
  const { before } = place;
  const line = before.slice(before.lastIndexOf("\n") + 1).replace(/^[ \t>]+/, "");
  const onLine = line !== "";
  const spaced = /\s$/.test(before);
  // What is not complete ends with its last whole word.
  const known = complete ? fragment : fragment.replace(/\S*$/, "");
  const paragraph = /^\s*(?:\n[ \t]*\n|\n[ \t]*(?:[-*+]|\d{1,3}[.)]|#{1,6})[ \t])|^\s*(?:\\\[|\$\$)/.test(known);
  if (onLine && !paragraph) {
    const joined = spaced ? ` ${known.trimStart()}` : known;
    const converted = convertRest(joined, true, writing);
    if (converted === null) return NOTHING;
    return shape(spaced ? converted.replace(/^\s+/, "") : converted, place, writing.style.syntax, complete);
  }
  const converted = convertRest(known, false, { ...writing, column: writing.lead.length });
  if (converted === null) return NOTHING;
  const { lead } = writing;
  const display = /^\s*(?:\\\[|\$\$)/.test(known);
  const blank = writing.style.syntax === "markdown" || !display ? `\n${lead.trimEnd()}` : "";
  const broken = onLine ? `${blank}\n${lead}${converted}` : converted;
  return shape(broken, place, writing.style.syntax, complete);
}
