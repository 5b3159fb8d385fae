import { normalise, plainText } from "../../document/body.js";
import type { Document, Statement } from "../../document/types.js";
import type { EngineCapabilities } from "../../engine/engine.js";
import type { Prompt } from "../../prompt/prompt.js";
import { promptHash } from "../../prompt/prompt-hash.js";
import { type PromptContext, type ProvePrompt, provePrompt } from "../../prompt/prove.js";
import { heal } from "./healing.js";

/** What an engine is asked while a proof is written. */
export interface TypingQuestion {
  /** The user message: of the statement alone, so that it stays the same while its proof is written. */
  readonly message: string;
  /** Makes what "Prove this" asks, which a rehearsal model knows. */
  readonly known: () => ProvePrompt;
  /** The statement's text, white space normalised; by it runs are found. */
  readonly statement: string;
}

/** What an engine is given, and the part of it that is written in the proof. */
export interface TypingBeginning {
  readonly given: string;
  readonly prompt: Prompt;
}

/** The question for a statement whose proof is being written. */
export function typingQuestion(document: Document, statement: Statement, context: PromptContext): TypingQuestion {
  const { message } = provePrompt(document, { ...statement, proof: null, holes: [] }, context);
  return {
    message,
    known: () => provePrompt(document, statement, context),
    statement: normalise(plainText(document, statement.body)),
  };
}

/**
 * What an engine is given: a thought that is closed and empty, and what is written as the beginning of the answer, up
 * to where a token surely ends. Or why it isn't asked, in one sentence.
 */
export function typingBeginning(
  { message, known }: TypingQuestion,
  before: string,
  { edits, rehearsal }: EngineCapabilities,
): TypingBeginning | { readonly why: string } {
  if (!edits) {
    return {
      why: "This server can't continue a text that is begun, so it gives no ghost text. Use one with raw completion.",
    };
  }
  const { given } = heal(before);
  const blank = given.trim() === "";
  if (rehearsal === null) return { given, prompt: typingPrompt(message, blank ? "" : given) };
  const written = given.trimEnd();
  const prompts = [typingPrompt(message, written.trimStart())];
  const whole = known();
  if (written.trim() === whole.prefix.trim()) prompts.push(typingPrompt(whole.message, whole.prefix));
  const prompt = prompts.find((one) => rehearsal.includes(promptHash(one)));
  if (prompt) return { given: blank ? given : written, prompt };
  return {
    why: 'The rehearsal model knows only how the sample proofs begin, not this text. Run "QED: Set Up Model" to use QED-Nano.',
  };
}

function typingPrompt(message: string, written: string): Prompt {
  return { message, thought: "", answer: written };
}
