/**
 * Every custom message between server and client, in one place. Positions are LSP positions (UTF-16), offsets UTF-16
 * half-open ranges.
 */
import {
  NotificationType,
  type Position,
  RequestType,
  type TextDocumentIdentifier,
  type TextEdit,
} from "vscode-languageserver-protocol";
import type { OutlineEntry } from "./features/outline.js";
import type { Outcome, Run, RunEvent, RunHeader } from "./store/run.js";

/** `qed/statementAt`: the innermost statement at a position, its proof included; null if there is none. */
export namespace StatementAtRequest {
  export interface Params {
    readonly textDocument: TextDocumentIdentifier;
    readonly position: Position;
  }
  export const type = new RequestType<Params, OutlineEntry | null, void>("qed/statementAt");
}

/**
 * `qed/prove`: proves the statement at a position. Answers when the run has ended; its cancellation stops the engine.
 * Reports on `workDoneToken` for editors that show only that, and by {@link RunEventsNotification} for those that show
 * the thought.
 */
export namespace ProveRequest {
  export interface Params {
    readonly textDocument: TextDocumentIdentifier;
    readonly position: Position;
    readonly workDoneToken?: number | string;
    /** Tokens of thought; default from the settings. */
    readonly budget?: number;
    readonly seed?: number;
    /** The client's own name for this request: {@link RunStartedNotification} repeats it. */
    readonly requestId?: string;
    /** The user's answer to a run that failed by `model.held`: wait for the other window, or load with less. */
    readonly whenHeld?: "wait" | "less";
  }
  /** What helps: setting up a model, the same again, the same with {@link Params.whenHeld}, or the set-up report. */
  export type Remedy = "setUp" | "retry" | "wait" | "less" | "report";
  export interface Result {
    /** null if no run was begun: then `message` says why and what to do next. */
    readonly runId: string | null;
    readonly outcome: Outcome;
    /** Set if the remedy is to set up a model. */
    readonly setUp: boolean;
    /** What else to offer with the message; the first is the best. */
    readonly remedies: readonly Remedy[];
  }
  export const type = new RequestType<Params, Result, void>("qed/prove");
}

/** `qed/runStarted`: a run has its file on disk; its events follow. */
export namespace RunStartedNotification {
  export interface Params {
    readonly header: RunHeader;
    /** The document's macros for rendering: name with its backslash → body with `#1` … `#9`. */
    readonly macros: Readonly<Record<string, string>>;
    /** Of the request that began the run; null if it had none. */
    readonly requestId: string | null;
  }
  export const type = new NotificationType<Params>("qed/runStarted");
}

/** `qed/runEvents`: events of a run, batched, each already on disk. */
export namespace RunEventsNotification {
  export interface Params {
    readonly runId: string;
    /** Index of the first of these events within the run, from 0; so that a reader can join a snapshot to the stream. */
    readonly first: number;
    readonly events: readonly RunEvent[];
  }
  export const type = new NotificationType<Params>("qed/runEvents");
}

/** `qed/run`: a run as it is on disk now. */
export namespace RunRequest {
  export interface Params {
    readonly runId: string;
  }
  export interface Result {
    readonly run: Run;
    /** Number of events folded into `run`. */
    readonly events: number;
  }
  export const type = new RequestType<Params, Result | null, void>("qed/run");
}

/** `qed/proofEdit`: how the proof of a run goes into its document as that is now. */
export namespace ProofEditRequest {
  export interface Params {
    readonly runId: string;
  }
  export type Result =
    | {
        readonly uri: string;
        /** Version of the open document that the edits fit, or null if it is not open. */
        readonly version: number | null;
        readonly edits: readonly TextEdit[];
        /** Pieces that were taken out of the model's text because they could do harm, each as written. */
        readonly removed: readonly string[];
      }
    | { /** Why it can't go in, and what to do. */ readonly problem: string };
  export const type = new RequestType<Params, Result, void>("qed/proofEdit");
}

/** `qed/decide`: what the person did with a proof goes into the run's file. */
export namespace DecideRequest {
  export interface Params {
    readonly runId: string;
    readonly decision: "accepted" | "rejected";
  }
  export const type = new RequestType<Params, null, void>("qed/decide");
}

/** `qed/doctor`: the set-up report, Markdown, without secrets. */
export namespace DoctorRequest {
  export const type = new RequestType<null, string, void>("qed/doctor");
}

/** `qed/status`: what the engine is doing, for a status bar. */
export namespace StatusNotification {
  export interface Params {
    readonly state: "loading" | "ready" | "busy" | "failed";
    /** Name of the model, as far as it is known. */
    readonly model: string;
    readonly rehearsal: boolean;
    /** One sentence for a tooltip. */
    readonly message: string;
  }
  export const type = new NotificationType<Params>("qed/status");
}
