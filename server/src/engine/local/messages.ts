import type { CompletionEnd, EngineErrorCode, Sampling, Usage } from "../engine.js";

/** From the server to the engine's process. */
export type ToChild =
  | {
      readonly type: "load";
      readonly modelPath: string;
      /** Backend to use; "auto" takes the best that loads, false is the CPU. */
      readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
      /** Most tokens of context; less if memory asks for it. */
      readonly contextSize: number;
    }
  | {
      readonly type: "complete";
      readonly id: number;
      /** Raw text, template applied. */
      readonly text: string;
      readonly maxTokens: number;
      readonly sampling: Sampling;
      readonly seed: number;
    }
  | { readonly type: "cancel"; readonly id: number };

/** What the engine's process tells of a loaded model. */
export interface LoadedModel {
  readonly name: string;
  readonly device: string;
  readonly contextSize: number;
  readonly rehearsal: readonly string[] | null;
}

/** From the engine's process to the server. A completion ends with exactly one of `end`, `cancelled`, `failed`. */
export type FromChild =
  | { readonly type: "loading"; readonly progress: number }
  | { readonly type: "loaded"; readonly model: LoadedModel }
  | { readonly type: "load-failed"; readonly code: EngineErrorCode; readonly detail: string }
  | { readonly type: "started"; readonly id: number }
  | { readonly type: "reading"; readonly id: number; readonly evaluated: number; readonly total: number }
  | { readonly type: "text"; readonly id: number; readonly text: string; readonly tokens: number }
  | { readonly type: "end"; readonly id: number; readonly reason: CompletionEnd; readonly usage: Usage }
  | { readonly type: "cancelled"; readonly id: number; readonly usage: Usage }
  | { readonly type: "failed"; readonly id: number; readonly code: EngineErrorCode; readonly detail: string };
