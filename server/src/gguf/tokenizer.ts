import { join } from "node:path";
import { ConversionError } from "./conversion-error.js";
import { type Json, naturalOr, objectOr, readJsonFile, textOr } from "./json-file.js";
import { splitsAsQwen } from "./pre-tokenizer.js";

/** A tokenizer as GGUF stores it. */
export interface Tokenizer {
  /** One text for each id: byte-level letters, and `[PADn]` where the model has an id and the tokenizer no token. */
  readonly tokens: readonly string[];
  /** GGUF's type of each token: {@link TOKEN_TYPE}. */
  readonly types: readonly number[];
  /** Pairs that are joined, best first, the two parts with a space between them. */
  readonly merges: readonly string[];
  /** Id of each token that was added to the vocabulary, by its text. */
  readonly added: ReadonlyMap<string, number>;
}

/** GGUF's types of tokens, as far as a byte-level BPE has them. */
export const TOKEN_TYPE = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

interface AddedToken {
  readonly id: number;
  readonly text: string;
  readonly special: boolean;
}

/**
 * Reads the tokenizer of a checkpoint: `tokenizer.json`, and the tokens that `tokenizer_config.json` adds. `size` is the
 * model's vocabulary, up to which ids without a token are padded. Throws a {@link ConversionError} if it is missing,
 * damaged, larger than the model's, or of another kind than Qwen's.
 */
export async function readTokenizer(folder: string, config: Json | null, size: number): Promise<Tokenizer> {
  const file = await readJsonFile(join(folder, "tokenizer.json"));
  if (file === null) {
    throw new ConversionError(
      `${folder} has no tokenizer.json, without which a model can't read. Download it as well.`,
    );
  }
  const model = objectOr(file.model);
  const vocabulary = objectOr(model?.vocab);
  if (model?.type !== "BPE" || vocabulary === null || !splitsAsQwen(file)) {
    throw new ConversionError(
      "The tokenizer of this checkpoint is not Qwen's: it splits text in another way. Take tokenizer.json from the original checkpoint.",
    );
  }
  const tokens: (string | undefined)[] = Array.from({ length: size }, () => undefined);
  const types = new Array<number>(size).fill(TOKEN_TYPE.unused);
  const put = (id: unknown, text: string, type: number): number => {
    const place = naturalOr(id, size - 1);
    if (place === null) {
      throw new ConversionError(
        `tokenizer.json and config.json don't belong together: a token has an id beyond the model's ${size}. Download both again.`,
      );
    }
    tokens[place] = text;
    types[place] = type;
    return place;
  };
  for (const text of Object.keys(vocabulary)) put(vocabulary[text], text, TOKEN_TYPE.normal);
  const added = new Map<string, number>();
  for (const token of addedTokens(file, config)) {
    const control = token.special || looksSpecial(token.text);
    // llama.cpp compares these with plain text, where the mark of a space is a space.
    const text = control ? token.text : token.text.replaceAll("▁", " ");
    added.set(token.text, put(token.id, text, control ? TOKEN_TYPE.control : TOKEN_TYPE.userDefined));
  }
  return { tokens: tokens.map((text, id) => text ?? `[PAD${id}]`), types, merges: readMerges(model.merges), added };
}

/** Those of `tokenizer.json`, then those that only the configuration has. */
function addedTokens(file: Json, config: Json | null): AddedToken[] {
  const listed = Array.isArray(file.added_tokens) ? file.added_tokens : [];
  const decoder = objectOr(config?.added_tokens_decoder) ?? {};
  const found = new Map<number, AddedToken>();
  const add = (id: unknown, value: Json | null): void => {
    const place = naturalOr(id, Number.MAX_SAFE_INTEGER);
    const text = textOr(value?.content);
    if (place === null || text === null) {
      throw new ConversionError("tokenizer.json is damaged: an added token makes no sense. Download it again.");
    }
    if (!found.has(place)) found.set(place, { id: place, text, special: value?.special === true });
  };
  for (const entry of listed) add(objectOr(entry)?.id, objectOr(entry));
  for (const id of Object.keys(decoder)) add(Number(id), objectOr(decoder[id]));
  return [...found.values()];
}

/** Some checkpoints don't mark their control tokens as special; llama.cpp's converter goes by the look of these too. */
function looksSpecial(text: string): boolean {
  return text.startsWith("<|") && text.endsWith("|>");
}

/** Merges come as pairs or, from older versions, as texts. A space within a part is its byte-level letter. */
function readMerges(merges: unknown): string[] {
  const damaged = () => new ConversionError("tokenizer.json is damaged: its merges make no sense. Download it again.");
  if (!Array.isArray(merges) || merges.length === 0) throw damaged();
  return merges.map((merge: unknown) => {
    if (typeof merge === "string" && /^[^ ]+ [^ ]+$/.test(merge)) return merge;
    if (!Array.isArray(merge) || merge.length !== 2) throw damaged();
    return merge
      .map((part: unknown) => {
        if (typeof part !== "string" || part === "") throw damaged();
        return part.replaceAll(" ", "Ġ");
      })
      .join(" ");
  });
}
