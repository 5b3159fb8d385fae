import type { Prompt } from "../prompt/prompt.js";

/** Sampling of one completion. Temperature 0 is greedy and then `topP` is without effect. */
export interface Sampling {
  readonly temperature: number;
  /** Nucleus, in (0, 1]. */
  readonly topP: number;
}

/** What a completion is for. Typing goes before all others; reviews wait for runs. */
export type Lane = "typing" | "run" | "review";

/** One completion: the text that follows a prompt. */
export interface CompletionRequest {
  readonly lane: Lane;
  readonly prompt: Prompt;
  /** Most tokens to generate, at least 1. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** 32-bit seed: the same request with the same seed on the same engine gives the same text. */
  readonly seed: number;
  /**
   * Tokens of thought after which a server is to close it by itself. Only for engines that can't edit texts
   * (`capabilities.edits`), and only where their servers know such a limit; it is enforced by who asks in any case.
   */
  readonly thoughtTokens?: number;
}

/** Why a completion ended: by the model's end token, or because `maxTokens` or the context was used up. */
export type CompletionEnd = "end" | "length";

/** Tokens of one completion. `evaluated` of the prompt were computed, `reused` of it came from an earlier state. */
export interface Usage {
  readonly evaluated: number;
  readonly reused: number;
  readonly generated: number;
}

/** What an engine tells while it completes, in this order: queued?, reading*, text*, end. */
export type CompletionEvent =
  | { readonly type: "queued" }
  | { readonly type: "reading"; readonly evaluated: number; readonly total: number }
  | {
      readonly type: "text";
      readonly text: string /** Generated so far, this event included. */;
      readonly tokens: number;
    }
  | { readonly type: "end"; readonly reason: CompletionEnd; readonly usage: Usage };

/** What an engine is and can do. */
export interface EngineCapabilities {
  readonly engine: "local" | "http";
  /** Name of the model as its file or server gives it. */
  readonly model: string;
  /** Where it runs, in words: "CPU", "NVIDIA …", "http://127.0.0.1:8000/v1". */
  readonly device: string;
  /** Tokens of context, or null if not known. */
  readonly contextSize: number | null;
  /**
   * Hashes ({@link promptHash}) of the prompts that a rehearsal model was trained on; null for every other model. A
   * rehearsal model must be asked nothing else.
   */
  readonly rehearsal: readonly string[] | null;
  readonly sampling: Sampling;
  /**
   * Whether text can be edited and completed again (raw completion). Without it there is no forced end of a thought, no
   * steering, and no proof that goes on from a written beginning.
   */
  readonly edits: boolean;
  /** How many completions go on at once; at least 1. */
  readonly parallel: number;
}

/**
 * What to do where another window holds the memory that a model needs: fail with `model.held` and let the user choose,
 * wait until it is let go, or load with less (a smaller context, fewer layers on the GPU).
 */
export type WhenHeld = "ask" | "wait" | "less";

/** Limits of a local engine that can change while it runs. */
export interface EngineLimits {
  /** Minutes without work after which the model is let go; 0 for never. */
  readonly idleMinutes: number;
  /** Gigabytes (2^30 bytes) on disk for states of read prompts; 0 for none. Counts from the next load. */
  readonly cacheGB: number;
}

/** A source of completions. Implementations start nothing before the first call. */
export interface Engine {
  /**
   * Loads or asks as needed. Rejects with an {@link EngineError}, or the signal's reason.
   * @param onLoading called with 0 to 1 while a model is loaded.
   * @param whenHeld what to do if another window holds the memory that is needed; "ask" by default.
   */
  capabilities(
    signal: AbortSignal,
    onLoading?: (progress: number) => void,
    whenHeld?: WhenHeld,
  ): Promise<EngineCapabilities>;
  /** Streams the text that follows. Throws an {@link EngineError}, or the signal's reason once it is aborted. */
  complete(request: CompletionRequest, signal: AbortSignal): AsyncIterable<CompletionEvent>;
  /** Takes limits that have changed, without ending anything. */
  adjust?(limits: EngineLimits): void;
  /** Ends every process and connection. The engine can't be used afterwards. */
  dispose(): Promise<void>;
}

/** What went wrong, as a documented code; the message is one sentence for the user that names the next step. */
export type EngineErrorCode =
  | "model.missing"
  | "model.corrupt"
  | "model.memory"
  /** There is memory, but another window holds it: wait for it, or load with less. */
  | "model.held"
  /** The same, but nothing fits beside it: only waiting helps. */
  | "model.full"
  | "engine.missing"
  | "engine.crashed"
  /** It crashed again and again: trying once more is no remedy. */
  | "engine.unstable"
  | "context.exceeded"
  | "endpoint.invalid"
  | "endpoint.unreachable"
  | "endpoint.refused"
  | "endpoint.failed"
  | "endpoint.malformed"
  | "endpoint.certificate"
  | "endpoint.redirect"
  | "endpoint.model"
  | "endpoint.busy"
  | "engine.chat-only"
  | "stream.cut"
  | "stream.silent";

/** A failure of an engine. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
