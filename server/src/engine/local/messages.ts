import type { CompletionEnd, EngineErrorCode, Lane, Sampling, Usage } from "../engine.js";
import type { KvType } from "./fit.js";

/** From the server to the engine's process. */
export type ToChild =
  | LoadRequest
  | {
      readonly type: "complete";
      readonly id: number;
      readonly lane: Lane;
      /** Raw text, template applied. */
      readonly text: string;
      readonly maxTokens: number;
      readonly sampling: Sampling;
      readonly seed: number;
    }
  | { readonly type: "cancel"; readonly id: number };

/** What is to be loaded, and how. */
export interface LoadRequest {
  readonly type: "load";
  readonly modelPath: string;
  /** Backend to use; "auto" takes the best that loads, false is the CPU. */
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  /** Most tokens of context; less if memory asks for it. */
  readonly contextSize: number;
  /** Most runs and reviews at once; less if memory asks for it. */
  readonly sequences: number;
  /** Threads of the processor; null for one less than it has cores, and for one where the model is small. */
  readonly threads: number | null;
  /** Whether a smaller context, or layers off the GPU, will do. Else such a load fails with `model.held`. */
  readonly reduced: boolean;
  /** Where states of read prompts are kept, and how many bytes of them; null for nowhere. */
  readonly cache: { readonly directory: string; readonly bytes: number; readonly afterMs: number } | null;
}

/** What the engine's process tells of a loaded model. */
export interface LoadedModel {
  readonly name: string;
  readonly device: string;
  /** Whether layers of it are on a GPU. */
  readonly onGpu: boolean;
  readonly contextSize: number;
  /** Runs and reviews at once. */
  readonly parallel: number;
  readonly kvType: KvType;
  /** Bytes that it takes: of the GPU where it is on one, else of the machine. */
  readonly bytes: number;
  readonly rehearsal: readonly string[] | null;
}

/** A piece of text, and the number of tokens generated so far. */
export type TextPiece = readonly [text: string, tokens: number];

/** From the engine's process to the server. A completion ends with exactly one of `end`, `cancelled`, `failed`. */
export type FromChild =
  | { readonly type: "loading"; readonly progress: number }
  | { readonly type: "loaded"; readonly model: LoadedModel }
  | { readonly type: "load-failed"; readonly code: EngineErrorCode; readonly detail: string; readonly memory?: Memory }
  /** The event loop turns. Sent while something is owed and nothing else was sent. */
  | { readonly type: "alive" }
  | { readonly type: "queued"; readonly id: number }
  | { readonly type: "started"; readonly id: number }
  | { readonly type: "reading"; readonly id: number; readonly evaluated: number; readonly total: number }
  | { readonly type: "texts"; readonly id: number; readonly pieces: readonly TextPiece[] }
  | { readonly type: "end"; readonly id: number; readonly reason: CompletionEnd; readonly usage: Usage }
  | { readonly type: "cancelled"; readonly id: number; readonly usage: Usage }
  | { readonly type: "failed"; readonly id: number; readonly code: EngineErrorCode; readonly detail: string };

/** Bytes that a model needs and that are free. */
export interface Memory {
  readonly needed: number;
  readonly free: number;
}
