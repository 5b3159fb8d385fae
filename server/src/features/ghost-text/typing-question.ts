import { normalise, plainText } from "../../document/body.js";
import type { Document, Statement } from "../../document/types.js";
import type { Prompt } from "../../prompt/prompt.js";
import { type PromptContext, provePrompt } from "../../prompt/prove.js";

/** What an engine is asked while a proof is written. */
export interface TypingQuestion {
  /** The user message: of the statement alone, so that it stays the same while its proof is written. */
  readonly message: string;
  /** The message of "Prove this" and its beginning of the answer, which a rehearsal model knows. */
  readonly known: { readonly message: string; readonly prefix: string };
  /** The statement's text, white space normalised; by it runs are found. */
  readonly statement: string;
}

/** The question for a statement whose proof is being written. */
export function typingQuestion(document: Document, statement: Statement, context: PromptContext): TypingQuestion {
  const { message } = provePrompt(document, { ...statement, proof: null, holes: [] }, context);
  return {
    message,
    known: provePrompt(document, statement, context),
    statement: normalise(plainText(document, statement.body)),
  };
}

/** The prompt: a thought that is closed and empty, and what is written as the beginning of the answer. */
export function typingPrompt(message: string, written: string): Prompt {
  return { message, thought: "", answer: written };
}
