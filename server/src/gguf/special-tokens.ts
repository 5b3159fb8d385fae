import { type Json, naturalOr, objectOr, textOr } from "./json-file.js";
import type { ModelConfig } from "./model-config.js";
import type { Tokenizer } from "./tokenizer.js";

/** Ids of the tokens that begin, end and pad a text; null where a checkpoint names none. */
export interface SpecialTokens {
  readonly beginning: number | null;
  readonly end: number | null;
  readonly padding: number | null;
  /** Whether the first is put before every text; null if the checkpoint does not say. */
  readonly addBeginning: boolean | null;
}

/** What ends an answer in Qwen's chat template. */
const END_OF_TURN = "<|im_end|>";

/**
 * The special tokens of a checkpoint. The end token is `<|im_end|>` wherever the chat template or the generation
 * configuration ends answers with it, whatever the other files say: base models call the end of a document the end.
 */
export function specialTokens(
  tokenizer: Tokenizer,
  config: ModelConfig,
  files: { readonly tokenizer: Json | null; readonly generation: Json | null; readonly template: string | null },
): SpecialTokens {
  const named = (key: string): number | null => {
    const value = files.tokenizer?.[key];
    const text = textOr(value) ?? textOr(objectOr(value)?.content);
    return text === null ? null : (tokenizer.added.get(text) ?? null);
  };
  const ends = [files.generation?.eos_token_id].flat().map((id) => naturalOr(id, tokenizer.tokens.length - 1));
  const endOfTurn = tokenizer.added.get(END_OF_TURN) ?? null;
  const endsTurns = endOfTurn !== null && (files.template?.includes(END_OF_TURN) || ends.includes(endOfTurn));
  const addBeginning = files.tokenizer?.add_bos_token;
  return {
    beginning: inVocabulary(named("bos_token") ?? config.beginning, tokenizer),
    end: inVocabulary(endsTurns ? endOfTurn : (named("eos_token") ?? config.end ?? ends[0] ?? null), tokenizer),
    padding: inVocabulary(named("pad_token"), tokenizer),
    addBeginning: typeof addBeginning === "boolean" ? addBeginning : null,
  };
}

function inVocabulary(id: number | null, tokenizer: Tokenizer): number | null {
  return id !== null && id < tokenizer.tokens.length ? id : null;
}
