import type { FoundProof } from "../../align/align.js";
import { convertFormulaRest, convertRest, type Writing } from "./convert-rest.js";
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
  return offerProse(found.text.slice(goesOn.offset, goesOn.end), place, writing, ends);
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
