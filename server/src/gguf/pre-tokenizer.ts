import { type Json, objectOr } from "./json-file.js";

/** How Qwen's tokenizer splits text into words: what llama.cpp calls the pre-tokenizer "qwen2". */
const WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/**
 * Whether a `tokenizer.json` prepares text as Qwen's does: NFC, then words as above, then bytes as letters. The engine
 * does exactly that for the pre-tokenizer "qwen2", so with any other the model would read something else.
 */
export function splitsAsQwen(file: Json): boolean {
  const normalizer = objectOr(file.normalizer);
  if (normalizer !== null && normalizer.type !== "NFC") return false;
  const sequence = objectOr(file.pre_tokenizer);
  const steps = (Array.isArray(sequence?.pretokenizers) ? sequence.pretokenizers : [sequence]).map(objectOr);
  const split = steps.find((step) => step?.type === "Split");
  const bytes = steps.find((step) => step?.type === "ByteLevel");
  if (steps.length !== 2 || !split || !bytes) return false;
  return (
    objectOr(split.pattern)?.Regex === WORDS &&
    split.invert !== true &&
    bytes.add_prefix_space !== true &&
    bytes.use_regex !== true
  );
}
