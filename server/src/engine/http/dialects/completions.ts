import { chatml } from "../../../prompt/prompt.js";
import type { Usage } from "../../engine.js";
import { type Ask, type Piece, property, type Wire } from "../dialect.js";

/**
 * Raw text completion as OpenAI had it (`/v1/completions`), which most servers have.
 * @param more fields of one kind of server
 */
export function completions(more: Readonly<Record<string, unknown>> = {}): Wire {
  return {
    kind: "raw",
    frames: "sse",
    url: ({ base }) => `${base}/completions`,
    body: (ask) => ({ ...fieldsOf(ask), prompt: chatml(ask.prompt), ...more }),
    read: readCompletion,
  };
}

/** What OpenAI's interface asks for in the same fields, be it a completion or a chat. */
export function fieldsOf({ model, maxTokens, sampling, seed }: Ask): Readonly<Record<string, unknown>> {
  return {
    model,
    max_tokens: maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    seed,
    stream: true,
    stream_options: { include_usage: true },
  };
}

function readCompletion(value: object): Piece | null {
  const choice = choiceIn(value);
  const text = property(choice, "text");
  // A chat's answer has none of the text that was asked for: it would pass for a model that wrote nothing.
  if (typeof choice === "object" && choice !== null && text === undefined && ("delta" in choice || "message" in choice))
    return null;
  if (choice === undefined && !("usage" in value) && !("choices" in value)) return null;
  return { ...countsIn(value), ...endIn(choice), ...(typeof text === "string" ? { text } : {}) };
}

/** The one text that was asked for, of those that an event holds; a request for one has the index 0. */
export function choiceIn(value: object): unknown {
  const choices = property(value, "choices");
  if (!Array.isArray(choices)) return undefined;
  return choices.find((choice: unknown) => (property(choice, "index") ?? 0) === 0) ?? undefined;
}

/** The finish reason of a choice. */
export function endIn(choice: unknown): Pick<Piece, "end"> {
  const reason = property(choice, "finish_reason");
  return typeof reason === "string" && reason !== "" ? { end: reason } : {};
}

/** The tokens that an event counts: those so far, and the whole account, which is final in the last event that has it. */
export function countsIn(value: object): Pick<Piece, "tokens" | "usage"> {
  const usage = property(value, "usage");
  const generated = property(usage, "completion_tokens");
  if (typeof generated !== "number") return {};
  return { tokens: generated, usage: usageOf(usage, generated) };
}

function usageOf(usage: unknown, generated: number): Usage {
  const prompt = Number(property(usage, "prompt_tokens") ?? 0) || 0;
  const reused = Number(property(property(usage, "prompt_tokens_details"), "cached_tokens") ?? 0) || 0;
  return { evaluated: Math.max(0, prompt - reused), reused, generated };
}
