/**
 * Takes the written beginning of a proof out of an answer that repeats it: a server that can't continue a text is told
 * the beginning in words, and writes it again or goes on after it. White space doesn't count.
 */
export class RepeatedPrefix {
  readonly #prefix: string;
  #held: string | null = "";

  constructor(prefix: string) {
    this.#prefix = prefix.replace(/\s+/g, "");
  }

  /** What is new in more of the answer; "" while that can't be told. */
  push(text: string): string {
    if (this.#held === null) return text;
    this.#held += text;
    const compact = this.#held.replace(/\s+/g, "");
    if (compact.length < this.#prefix.length && this.#prefix.startsWith(compact)) return "";
    const held = this.#held;
    this.#held = null;
    return compact.startsWith(this.#prefix)
      ? held.slice(lengthOf(held, this.#prefix.length))
      : `\n\n${held.trimStart()}`;
  }

  /** What was held back, at the end of the answer. */
  flush(): string {
    const held = this.#held ?? "";
    this.#held = null;
    return held.trim() === "" ? "" : `\n\n${held.trimStart()}`;
  }
}

/** The length of the beginning of `text` that holds `count` characters that are no white space. */
function lengthOf(text: string, count: number): number {
  let seen = 0;
  let at = 0;
  while (seen < count) if (/\S/.test(text[at++]!)) seen++;
  return at;
}
