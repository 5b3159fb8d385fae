/** A sentence's end: a full stop, question or exclamation mark with its closing quotes before white space, or a line break. */
const SENTENCE_END = /[.!?]["')\]]*(?=\s)|(?<=\S)(?=\n)/g;

/** The offsets at which a text can be cut so that it ends in a whole sentence, ascending, each at least `from`. */
export function sentenceEnds(text: string, from = 0): number[] {
  // A mark that ends exactly at `from` lies just before it.
  const start = Math.max(0, from - 4);
  const ends: number[] = [];
  for (const match of text.slice(start).matchAll(SENTENCE_END)) {
    const end = start + match.index + match[0].length;
    if (end >= from && end !== ends.at(-1)) ends.push(end);
  }
  return ends;
}
