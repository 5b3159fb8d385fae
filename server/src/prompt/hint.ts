/** Longest hint that is taken, in UTF-16 units: it is a sentence or two, and each of its tokens is read by the model. */
const MOST_HINT = 2000;

/**
 * A person's sentence in the words of the thought, which goes on after it. Own wording: no published model was trained
 * to be interrupted, so it reads as the model's own remembering. On one line; tags that would close the thought go.
 */
export function hintText(hint: string): string {
  return `\n\nWait, I am given a hint: ${plainHint(hint)}\n\n`;
}

/** A hint as it goes into the thought. Empty if nothing is left of it. */
export function plainHint(hint: string): string {
  return hint
    .replace(/<\/?think>/gi, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MOST_HINT);
}
