/** End tokens of the model's template that a server may leave in the text. */
const ENDS = ["<|im_end|>", "<|endoftext|>"];
/** Shorter keys are words that a text may hold for other reasons. */
const LEAST_KEY = 8;
/** Stands for a key. */
const HIDDEN = "…";

/** What {@link TextFilter.push} lets through. */
interface Filtered {
  readonly text: string;
  /** Whether an end token has come: what follows it is no part of the completion. */
  readonly ended: boolean;
}

/**
 * Takes out of a stream what must not be in a completion: the end tokens that a server leaks, which end it, and the
 * user's key, should a server repeat it, since completions are kept. Holds back only what may be the beginning of one.
 */
export class TextFilter {
  readonly #key: string | null;
  readonly #needles: readonly string[];
  #held = "";

  constructor(key: string | null) {
    this.#key = key !== null && key.length >= LEAST_KEY ? key : null;
    this.#needles = this.#key === null ? ENDS : [...ENDS, this.#key];
  }

  push(text: string): Filtered {
    const all = withoutKey(this.#held + text, this.#key);
    this.#held = "";
    const end = firstOf(all, ENDS);
    if (end >= 0) return { text: all.slice(0, end), ended: true };
    const kept = all.length - this.#pending(all);
    this.#held = all.slice(kept);
    return { text: all.slice(0, kept), ended: false };
  }

  /** What was held back, at the end of the stream. Half a key is none of it. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held.length >= LEAST_KEY && this.#key?.startsWith(held) ? HIDDEN : held;
  }

  /** Length of the longest end of a text that begins one of the needles. */
  #pending(text: string): number {
    let longest = 0;
    for (const needle of this.#needles) {
      for (let length = Math.min(needle.length - 1, text.length); length > longest; length--) {
        if (needle.startsWith(text.slice(text.length - length))) longest = length;
      }
    }
    return longest;
  }
}

/** A text without a key, which servers repeat when they refuse it: messages and runs are kept. */
export function withoutKey(text: string, key: string | null): string {
  return key !== null && key.length >= LEAST_KEY ? text.replaceAll(key, HIDDEN) : text;
}

function firstOf(text: string, needles: readonly string[]): number {
  const found = needles.map((needle) => text.indexOf(needle)).filter((at) => at >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}
