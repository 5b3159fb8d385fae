import type { Prompt } from "../prompt/prompt.js";

/** Version of the run files that are written. A reader refuses a newer one and says so. */
export const RUN_SCHEMA = 2;

/** Versions that are read: 1 had no steering, and every event of it means the same in 2. */
type RunSchema = 1 | typeof RUN_SCHEMA;

/** Budgets of a run, in tokens. */
export interface Budget {
  /** For the thought, before the grace that ends its sentence. */
  readonly thought: number;
  /** For the answer. */
  readonly answer: number;
  /** For all that is generated for a statement, the runs included that this one goes on from; without it no bound. */
  readonly total?: number;
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

/** How a run came from others. */
export type RunOrigin =
  /** The text of `parent` was cut and changed by a person. `offset` is where, in its thought or its answer. */
  | { readonly kind: "branch"; readonly part: RunPart; readonly offset: number }
  /** The thought of `parent` is summarised and the question is asked again with the summary; `round` counts from 2. */
  | { readonly kind: "summary"; readonly round: number }
  /** Told to avoid the approaches of these runs. */
  | { readonly kind: "different"; readonly avoids: readonly string[] }
  /** One of several at once, which share `group`; `index` from 0. */
  | { readonly kind: "sample"; readonly group: string; readonly index: number; readonly of: number };

/** The two texts of a run. */
export type RunPart = "thought" | "answer";

/** Why a thought was closed before its own end. */
export type EarlyReason =
  /** Its budget was used up. */
  | "budget"
  /** The context has no room for more. */
  | "room"
  /** It went round in circles. */
  | "loop"
  /** A person asked for the proof. */
  | "asked";

/** The first record of a run file. */
export interface RunHeader {
  readonly type: "run";
  readonly schema: RunSchema;
  readonly id: string;
  /** The run that this one goes on from, or null. */
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
  readonly origin?: RunOrigin;
  /** What a branch has of its parent's thought: its tokens (a share of the parent's), and why it was closed early. */
  readonly inherited?: { readonly tokens: number; readonly early: EarlyReason | null };
  /** Tokens that the runs before this one have generated; they count for `budget.total`. */
  readonly spent?: number;
  /** False lets the model go round in circles. */
  readonly loopGuard?: boolean;
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
  /** The thought was cut to `length` characters and closed with the early-stop text. Schema 1: always by the budget. */
  | { readonly type: "cut"; readonly tokens: number; readonly length: number; readonly reason?: EarlyReason }
  /** The thought was cut to `length` characters, then `text` was added: it holds a person's `hint`. */
  | { readonly type: "hint"; readonly length: number; readonly text: string; readonly hint: string }
  | { readonly type: "answer"; readonly text: string /** Answer tokens so far. */; readonly tokens: number }
  /** An open thought, or the answer, was cut back to `length` characters, and nothing was added. */
  | { readonly type: "trim"; readonly part: RunPart; readonly length: number }
  /** More of the summary of the parent's thought. */
  | { readonly type: "summary"; readonly text: string; readonly tokens: number }
  /** The summary is whole: the thought begins. */
  | { readonly type: "summarised" }
  /** One completion's tokens, as the engine counted them. `evaluated` of its prompt were computed anew. */
  | { readonly type: "usage"; readonly evaluated: number; readonly reused: number; readonly generated: number }
  /** The run goes on after its end, or after the death of its process. */
  | { readonly type: "resumed" }
  | { readonly type: "outcome"; readonly outcome: Outcome }
  /** What the person did with the proof. */
  | { readonly type: "decision"; readonly decision: "accepted" | "rejected" };

/** What a run is doing. */
export type RunPhase = "loading" | "waiting" | "reading" | "thinking" | "writing" | "summarising" | "paused";

/** How a run ended. Only `proved` carries a proof that is whole. */
export type Outcome =
  /** The model wrote a proof to its end. Nobody has checked it. `early` says that its thought was closed early. */
  | { readonly kind: "proved"; readonly early?: string }
  /** The answer's budget was used up, or it repeated itself: the proof is cut short. */
  | { readonly kind: "cut-short"; readonly message: string; readonly early?: string }
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
    /** Why, if it was. */
    readonly early?: EarlyReason;
  };
  /** Of the parent's thought; only in a run that began with one. */
  readonly summary?: { readonly text: string; readonly tokens: number; readonly whole: boolean };
  /** The answer, with the written part that it began from; null while the thought is open. */
  readonly answer: { readonly text: string; readonly tokens: number } | null;
  /** null while it goes on, while it is paused, and for a run whose process died. */
  readonly outcome: Outcome | null;
  readonly decision: "accepted" | "rejected" | null;
}
