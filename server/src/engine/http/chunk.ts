import type { CompletionEnd, Usage } from "../engine.js";
import { failed, malformed } from "./failures.js";

/** One of the texts that a server writes for a request; a request for one has the index 0. */
export interface Choice {
  readonly index?: number | null;
  readonly text?: string | null;
  readonly finish_reason?: string | null;
}

/** One chunk of a raw text completion, as far as it is used. */
export interface CompletionChunk {
  readonly choices?: readonly Choice[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
}

/** Finish reasons of a text that the server gave up (vLLM and SGLang: `abort`; others: an error, a filter). */
const UNFINISHED = /abort|error|cancel|filter/i;
/** How a text ended, from its finish reason. Throws `endpoint.failed` for one that leaves the text unfinished. */
export function endOf(reason: string, endpoint: string): CompletionEnd {
  if (UNFINISHED.test(reason)) throw failed(endpoint, `it stopped for the reason "${reason}"`);
  return reason === "length" ? "length" : "end";
}

/** The one text that was asked for; undefined where a chunk holds none. Throws `endpoint.malformed` for a chat's answer. */
export function choiceOf({ choices }: CompletionChunk, endpoint: string): Choice | undefined {
  const choice = Array.isArray(choices) ? choices.find((other: Choice | null) => (other?.index ?? 0) === 0) : undefined;
  // A chat's answer has none of the text that was asked for: it would pass for a model that wrote nothing.
  if (choice && choice.text === undefined && ("delta" in choice || "message" in choice)) {
    throw malformed(endpoint, "chat messages");
  }
  return choice ?? undefined;
}

/** Whether a text is whole JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The tokens that a chunk counts, or null if it counts none. */
export function usageOf({ usage }: CompletionChunk): Usage | null {
  if (!usage) return null;
  const reused = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { evaluated: (usage.prompt_tokens ?? 0) - reused, reused, generated: usage.completion_tokens ?? 0 };
}
