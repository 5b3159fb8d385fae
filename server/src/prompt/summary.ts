import type { Prompt } from "./prompt.js";

/**
 * The prompts of a Reasoning Cache: solve, summarise the thought in at most two paragraphs without new reasoning, solve
 * again from the summary (published evaluation code of QED-Nano; own wording). The summary is the beginning of an answer
 * to the same thought, so that an engine reuses all of it and reads some forty tokens more.
 */

/** Most tokens of a summary: two long paragraphs. */
export const SUMMARY_TOKENS = 768;

/** Appended to the thought that is to be summarised. */
const SUMMARY_STOP =
  "\n\n I have to stop here. I will now summarise what I have found so far, in at most two paragraphs, without any new reasoning.";

/** How the summary begins. */
const SUMMARY_BEGIN = "**Summary of my work so far.** ";

/** The prompt after which a summary of its thought follows. */
export function summaryPrompt({ message, thought }: Prompt): Prompt {
  return { message, thought: thought.trimEnd() + SUMMARY_STOP, answer: SUMMARY_BEGIN };
}

/** Where a growing summary ends: after its second paragraph; null while it may go on. */
export function summaryEnd(text: string): number | null {
  const paragraphs = /^\s*\S[\s\S]*?\n\s*\n\s*\S[\s\S]*?(?=\n\s*\n\s*\S)/.exec(text);
  return paragraphs ? paragraphs[0].length : null;
}

/** The question with the summary of what was thought about it before: one user message, as all that the model is asked. */
export function withSummary(message: string, summary: string): string {
  return `${message}\n\nThis is a summary of earlier work on the question. Check what it says, build on it, and write a complete proof:\n${summary.trim()}`;
}
