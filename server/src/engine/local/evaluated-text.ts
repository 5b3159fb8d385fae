/**
 * Which tokens of a sequence a new prompt can keep. A generated text need not be tokenised the way the tokenizer would
 * do it, so tokens are matched by their text, and the cut goes to a place where the tokenizer always splits.
 */

/** The tokens of one sequence, with the text that they stand for. `Token` is the engine's own token type. */
export interface EvaluatedText<Token> {
  readonly tokens: readonly Token[];
  readonly text: string;
  /** For some numbers of tokens (ascending `count`), the length of the text that those first tokens stand for exactly. */
  readonly marks: readonly { readonly count: number; readonly length: number }[];
}

/** The first `keep` tokens can stay; they stand for the first `length` characters. */
export interface Reusable {
  readonly keep: number;
  readonly length: number;
}

/**
 * The most of `known` that a sequence for `text` can keep: up to a mark, inside the common beginning of both texts,
 * where a word begins after a blank, since there Qwen's pre-tokenizer splits whatever stands on either side.
 */
export function reusable<Token>(known: EvaluatedText<Token>, text: string): Reusable {
  const common = commonPrefix(known.text, text);
  for (let index = known.marks.length - 1; index >= 0; index--) {
    const { count, length } = known.marks[index]!;
    if (length <= common && splitsAt(text, length)) return { keep: count, length };
  }
  return { keep: 0, length: 0 };
}

function splitsAt(text: string, index: number): boolean {
  return /^\S \p{L}/u.test(text.slice(index - 1, index + 3));
}

function commonPrefix(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  // Blocks first: these texts are long and mostly equal.
  let index = 0;
  const block = 4096;
  while (index + block <= limit && a.slice(index, index + block) === b.slice(index, index + block)) index += block;
  while (index < limit && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  return index;
}
