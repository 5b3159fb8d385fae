import type { Prompt } from "../prompt/prompt.js";

/** Version of the run files. A reader refuses a newer one and says so. */
export const RUN_SCHEMA = 1;

/** Budgets of a run, in tokens. */
export interface Budget {
  /** For the thought, before the grace that ends its sentence. */
  readonly thought: number;
  /** For the answer. */
  readonly answer: number;
}

/** The statement that a run is about, as it was when the run began. */
export interface RunStatement {
  /** URI of the document. */
  readonly uri: string;
  readonly kind: string;
  readonly title: string | null;
  readonly label: string | null;
  /** Offset of its start at the time. */
  readonly start: number;
  /** Its text at the time, white space normalised; by it the statement is found again after edits. */
  readonly text: string;
  /** What the author had written of the proof, as it stood in the file; empty if nothing. */
  readonly written: string;
}

/** The first record of a run file. */
export interface RunHeader {
  readonly type: "run";
  readonly schema: typeof RUN_SCHEMA;
  readonly id: string;
  /** The run that this one was branched from, or null. */
  readonly parent: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly statement: RunStatement;
  /** Where the run began: for a new proof an open, empty thought. */
  readonly prompt: Prompt;
  /** The beginning of the answer, once the thought is closed: what the author has written. */
  readonly prefix: string;
  readonly seed: number;
  readonly budget: Budget;
}

/** What happens in a run after its header, in order. */
export type RunEvent =
  | {
      readonly type: "engine";
      readonly engine: "local" | "http";
      readonly model: string;
      readonly device: string;
      readonly rehearsal: boolean;
      readonly temperature: number;
      readonly topP: number;
    }
  | {
      readonly type: "phase";
      readonly phase: RunPhase /** 0 to 1, where it is known. */;
      readonly progress: number | null;
    }
  | { readonly type: "thought"; readonly text: string /** Thought tokens so far. */; readonly tokens: number }
  /** The thought was cut to `length` characters and closed with the early-stop text. */
  | { readonly type: "cut"; readonly tokens: number; readonly length: number }
  | { readonly type: "answer"; readonly text: string /** Answer tokens so far. */; readonly tokens: number }
  | { readonly type: "outcome"; readonly outcome: Outcome }
  /** What the person did with the proof. */
  | { readonly type: "decision"; readonly decision: "accepted" | "rejected" };

/** What a run is doing. */
export type RunPhase = "loading" | "waiting" | "reading" | "thinking" | "writing";

/** How a run ended. Only `proved` carries a proof that is whole. */
export type Outcome =
  /** The model wrote a proof to its end. Nobody has checked it. */
  | { readonly kind: "proved" }
  /** The answer's budget was used up: the proof is cut short. */
  | { readonly kind: "cut-short"; readonly message: string }
  /** The model ended without closing its thought or without an answer. A thought is never a proof. */
  | { readonly kind: "no-proof"; readonly message: string }
  /** Not run: the rehearsal model does not know this statement. */
  | { readonly kind: "unknown-to-rehearsal"; readonly message: string }
  | { readonly kind: "cancelled"; readonly message: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** A run read back: the fold of its file. */
export interface Run {
  readonly header: RunHeader;
  readonly engine: Extract<RunEvent, { type: "engine" }> | null;
  readonly phase: RunPhase | null;
  readonly thought: {
    readonly text: string;
    readonly tokens: number /** Whether it was closed early. */;
    readonly cut: boolean;
  };
  /** The answer, with the written part that it began from; null while the thought is open. */
  readonly answer: { readonly text: string; readonly tokens: number } | null;
  /** null while it goes on, and for a run whose process died. */
  readonly outcome: Outcome | null;
  readonly decision: "accepted" | "rejected" | null;
}
