import type { CompletionEnd, Usage } from "../engine.js";
import { failed } from "./failures.js";

/** One chunk of a raw text completion, as far as it is used. */
export interface CompletionChunk {
  readonly choices?: readonly {
    readonly text?: string | null;
    readonly finish_reason?: string | null;
  }[];
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
