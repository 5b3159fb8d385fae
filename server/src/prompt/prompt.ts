/**
 * What is to be answered and what has been written so far. Every way of working with the model (thought, answer,
 * forced end of thought, continuing a half-written proof, steering) is an edit of this value.
 */
export interface Prompt {
  /** The one user message. There is no system prompt. */
  readonly message: string;
  /** The thought so far, without `<think>` and `</think>` and without trailing line breaks once it is closed. */
  readonly thought: string;
  /** null while the thought is open; else the answer so far, which may be empty. */
  readonly answer: string | null;
}

/** What the tokenizer would take for a special token of its own (`<|im_end|>`, `<|endoftext|>`, …). */
const SPECIAL_TOKEN = /<\|(?=\w+\|>)/g;

/**
 * The raw text of a prompt in the ChatML template of Qwen3-4B-Thinking-2507, whose generation prompt itself opens the
 * thought. The engine's answer follows the returned text directly. A document can't end its own turn: special tokens
 * in the texts are broken by a blank.
 */
export function chatml(prompt: Prompt): string {
  const message = plain(prompt.message);
  const head = `<|im_start|>user\n${message}<|im_end|>\n<|im_start|>assistant\n<think>\n${plain(prompt.thought)}`;
  return prompt.answer === null ? head : `${head}\n</think>\n\n${plain(prompt.answer)}`;
}

function plain(text: string): string {
  return text.replace(SPECIAL_TOKEN, "< |");
}
