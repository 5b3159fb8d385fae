/** The tag that closes a thought. */
export const END_OF_THOUGHT = "</think>";

/** The result of one {@link ThoughtEnd.push}. */
export interface SplitText {
  /** What belongs to the thought, without the tag. */
  readonly thought: string;
  /** What follows the tag; null while it has not come. */
  readonly rest: string | null;
}

/** Splits a streamed text at the end of its thought, holding back only what might be the beginning of the tag. */
export class ThoughtEnd {
  #held = "";

  push(text: string): SplitText {
    const all = this.#held + text;
    const end = all.indexOf(END_OF_THOUGHT);
    if (end >= 0) {
      this.#held = "";
      return { thought: all.slice(0, end), rest: all.slice(end + END_OF_THOUGHT.length) };
    }
    let pending = Math.min(END_OF_THOUGHT.length - 1, all.length);
    while (!END_OF_THOUGHT.startsWith(all.slice(all.length - pending))) pending--;
    this.#held = all.slice(all.length - pending);
    return { thought: all.slice(0, all.length - pending), rest: null };
  }

  /** What was held back, at the end of the stream. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}
