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

/**
 * The raw text of a prompt in the ChatML template of Qwen3-4B-Thinking-2507, whose generation prompt itself opens the
 * thought. The engine's answer follows the returned text directly.
 */
export function chatml(prompt: Prompt): string {
  const head = `<|im_start|>user\n${prompt.message}<|im_end|>\n<|im_start|>assistant\n<think>\n${prompt.thought}`;
  return prompt.answer === null ? head : `${head}\n</think>\n\n${prompt.answer}`;
}
