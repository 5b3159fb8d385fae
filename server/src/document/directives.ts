import { trimRange } from "./blocks.js";
import type { Directive } from "./types.js";

/** What a verb wants after it: words of the author, nothing, or the hash of a step. */
type Takes = "words" | "nothing" | "hash";

/**
 * The verbs of `% qed:` directives. `hint` and `given` go to the prover, `accept` marks a step that a person has checked,
 * `off` and `on` end and begin again what QED says of the text after them, `prove` asks for a proof, and `by` says where an
 * inserted proof comes from.
 */
const VERBS: ReadonlyMap<string, Takes> = new Map<string, Takes>([
  ["hint", "words"],
  ["given", "words"],
  ["accept", "hash"],
  ["off", "nothing"],
  ["on", "nothing"],
  ["prove", "nothing"],
  // Written by QED itself: where an inserted proof comes from.
  ["by", "words"],
]);
const KNOWN = "hint, given, accept, off, on or prove";
const EXAMPLES: Readonly<Record<string, string>> = {
  hint: "hint use induction on n",
  given: "given n is a positive integer",
  by: "by QED-Nano-SFT",
};

const OPENING = /^[ \t]*(?:%+[ \t]*|<!--\s*)qed:[ \t]*/;
/** A step's hash, with or without a note after it. */
const HASH = /^[\da-f]{14}(?:\s|$)/;

/**
 * Reads the directive that the comment at `[start, end)` is, from `%` or `<!--` on and with `-->`; null if it is none.
 * @param closed false for a `<!--` that has no end of its own
 */
export function readDirective(text: string, start: number, end: number, closed = true): Directive | null {
  const comment = text.slice(start, end);
  const opening = OPENING.exec(comment);
  if (!opening) return null;
  const stop = comment.startsWith("<!--") && closed ? end - 3 : end;
  const from = start + opening[0].length;
  // `<!-- qed: prove-->` and a verb at the very end of the comment.
  const verb = /^\S*/.exec(text.slice(from, stop))![0];
  const verbRange = { start: from, end: from + verb.length };
  const textRange = trimRange(text, verbRange.end, Math.max(verbRange.end, stop));
  const words = text.slice(textRange.start, textRange.end);
  return { verb, text: words, start, end, verbRange, textRange, error: errorOf(verb, words, closed) };
}

function errorOf(verb: string, words: string, closed: boolean): string | null {
  if (!closed) return "This comment is not closed: end it with -->.";
  if (verb === "") return `“qed:” needs a verb: ${KNOWN}.`;
  const takes = VERBS.get(verb);
  if (takes === undefined) {
    const near = nearest(verb);
    return near === null
      ? `QED knows no directive “${verb}”: write ${KNOWN}.`
      : `QED knows no directive “${verb}”: did you mean “${near}”?`;
  }
  if (takes === "words" && words === "") return `“${verb}” needs words after it, such as “qed: ${EXAMPLES[verb]}”.`;
  if (takes === "nothing" && words !== "")
    return verb === "prove"
      ? "“prove” takes no words: give the prover a hint with “qed: hint …”."
      : `“${verb}” takes no words: remove what stands after it.`;
  if (takes === "hash" && words !== "" && !HASH.test(words))
    return "“accept” takes the hash of a step, 14 hexadecimal digits: accept the step again.";
  return null;
}

/** The known verb that was most likely meant; null if none is near. */
function nearest(verb: string): string | null {
  const given = verb.toLowerCase().replace(/[^a-z]+$/, "");
  if (given === "" || given.length > 20) return null;
  let best: string | null = null;
  let least = 3;
  for (const known of VERBS.keys()) {
    // Nobody types it: QED writes it.
    if (known === "by") continue;
    const far = given.startsWith(known) ? 1 : distance(given, known);
    // Two slips in a word of two letters make any word of it.
    if (far < least && far < known.length / 2 + 0.5) {
      best = known;
      least = far;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) between two short words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
