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
import type { Suggestion } from "./features/ghost-text/suggestion.js";
import type { OutlineEntry } from "./features/outline.js";
import type { NewerRun, RunListEntry } from "./features/run-list.js";
import type { RunOffer } from "./features/run-offers.js";
import type { SetUpErrorCode } from "./models/set-up-error.js";
import type { WeightType } from "./models/weights.js";
import type { Outcome, Run, RunEvent, RunHeader, RunPart } from "./store/run.js";

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
    /** Told to avoid the approaches of the runs so far. */
    readonly differently?: boolean;
    /** Runs also where the statement is outside of what the model can do (`statement.out-of-domain`). */
    readonly force?: boolean;
    /** The user's answer to a run that failed by `model.held`: wait for the other window, or load with less. */
    readonly whenHeld?: "wait" | "less";
  }
  /** What helps: setting up a model, the same again, the same with {@link Params.whenHeld}, or the set-up report. */
  export type Remedy = "setUp" | "retry" | "wait" | "less" | "report";
  export interface Result {
    /** null if no run was begun: then `message` says why and what to do next. */
    readonly runId: string | null;
    /** Of kind `failed` with the code `statement.out-of-domain`: the client may ask again with `force`. */
    readonly outcome: Outcome;
    /** Whether `remedies` has `setUp`: for clients that know no other. */
    readonly setUp: boolean;
    /** What can be done with the run now, beside its proof. */
    readonly offers: readonly RunOffer[];
    /** What to offer with the message; the first is the best. */
    readonly remedies: readonly Remedy[];
  }
  export const type = new RequestType<Params, Result, void>("qed/prove");
}

/** `qed/proveSeveral`: as `qed/prove`, `count` runs at once with seeds of their own, to choose from. */
export namespace ProveSeveralRequest {
  export interface Params extends ProveRequest.Params {
    /** 2 to 8. */
    readonly count: number;
  }
  export interface Result {
    /** What the runs share (`header.origin.group`); null if none was begun. */
    readonly group: string | null;
    /** One for each run, in the order of their seeds; one alone, without a run, if none was begun. */
    readonly runs: readonly ProveRequest.Result[];
  }
  export const type = new RequestType<Params, Result, void>("qed/proveSeveral");
}

/** A request about one run. */
export interface RunParams {
  readonly runId: string;
}

/** A request after which a run goes on: it reports as {@link ProveRequest} does, and is answered when the run has ended. */
export interface GoOnParams extends RunParams {
  readonly workDoneToken?: number | string;
  readonly requestId?: string;
  /** As in {@link ProveRequest}. */
  readonly whenHeld?: "wait" | "less";
}

/** Whether a run took what it was asked: null, or one sentence why not; then it goes on as if it had not been asked. */
export interface SteerResult {
  readonly problem: string | null;
}

/** `qed/run/finishNow`: closes the thought, so that the proof is written from what there is. */
export namespace FinishNowRequest {
  export const type = new RequestType<RunParams, SteerResult, void>("qed/run/finishNow");
}

/** `qed/run/hint`: a sentence of the person goes into the thought, which goes on. */
export namespace HintRequest {
  export interface Params extends RunParams {
    readonly hint: string;
  }
  export const type = new RequestType<Params, SteerResult, void>("qed/run/hint");
}

/** `qed/run/pause`: the engine stops; the run can be resumed, by another process too. */
export namespace PauseRequest {
  export const type = new RequestType<RunParams, SteerResult, void>("qed/run/pause");
}

/** `qed/run/stop`: ends a run, whoever began it in this server. What was written is kept, and can be resumed. */
export namespace StopRequest {
  export const type = new RequestType<RunParams, SteerResult, void>("qed/run/stop");
}

/** `qed/run/resume`: goes on with a run that was paused, stopped or failed, or whose process died. */
export namespace ResumeRequest {
  export const type = new RequestType<GoOnParams, ProveRequest.Result, void>("qed/run/resume");
}

/**
 * `qed/run/branch`: a new run goes on from the text of a run, cut at `offset` and with `text` put there. A parent that is
 * still going on is paused.
 */
export namespace BranchRequest {
  export interface Params extends GoOnParams {
    readonly part: RunPart;
    /** In `run.thought.text` or `run.answer.text`, UTF-16. */
    readonly offset: number;
    readonly text: string;
  }
  export const type = new RequestType<Params, ProveRequest.Result, void>("qed/run/branch");
}

/** `qed/run/summarise`: a new run summarises the thought of a run and begins anew with that; up to three rounds. */
export namespace SummariseRequest {
  export const type = new RequestType<GoOnParams, ProveRequest.Result, void>("qed/run/summarise");
}

/**
 * `qed/runs`: the runs on disk, oldest first: all, with the ids of those that a later version has written, or those of a
 * document or of a group.
 */
export namespace RunsRequest {
  export interface Params {
    readonly uri?: string;
    readonly group?: string;
  }
  export const type = new RequestType<Params | null, readonly (RunListEntry | NewerRun)[], void>("qed/runs");
}

/** `qed/run/delete`: removes a run from disk. */
export namespace DeleteRunRequest {
  export const type = new RequestType<RunParams, SteerResult, void>("qed/run/delete");
}

/** `qed/runStarted`: a run has its file on disk; its events follow. */
export namespace RunStartedNotification {
  export interface Params {
    readonly header: RunHeader;
    /** The document's macros for rendering: name with its backslash → body with `#1` … `#9`. */
    readonly macros: Readonly<Record<string, string>>;
    /** Of the request that began the run; null if it had none. */
    readonly requestId: string | null;
    /** Number of events that the run has already: more than 0 for one that is resumed. `qed/run` gives them. */
    readonly events: number;
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

/** `qed/run`: a run as it is on disk now. Fails for one that a later version has written, and says so. */
export namespace RunRequest {
  export interface Result {
    readonly run: Run;
    /** Number of events folded into `run`. */
    readonly events: number;
  }
  export const type = new RequestType<RunParams, Result | null, void>("qed/run");
}

/** `qed/proofEdit`: how the proof of a run goes into its document as that is now. */
export namespace ProofEditRequest {
  export type Result =
    | {
        readonly uri: string;
        /** Version of the open document that the edits fit, or null if it is not open. */
        readonly version: number | null;
        readonly edits: readonly TextEdit[];
        /** Pieces that were taken out of the model's text because they could do harm, each as written. */
        readonly removed: readonly string[];
        /** What must be said beside the proof: that its thought was closed early, that it is cut short. */
        readonly labels: readonly string[];
      }
    | { /** Why it can't go in, and what to do. */ readonly problem: string };
  export const type = new RequestType<RunParams, Result, void>("qed/proofEdit");
}

/** `qed/decide`: what the person did with a proof goes into the run's file. */
export namespace DecideRequest {
  export interface Params extends RunParams {
    readonly decision: "accepted" | "rejected";
  }
  export const type = new RequestType<Params, null, void>("qed/decide");
}

/**
 * `qed/serverKey`, from the server to a client that has said `serverKeys: true` in its `initializationOptions`: the key
 * that the client keeps in secret for a server of models. It is asked for before each use and stored nowhere.
 */
export namespace ServerKeyRequest {
  export interface Params {
    /** Scheme, host and port, such as `https://example.org`: no other server gets the key. */
    readonly origin: string;
  }
  export interface Result {
    readonly key: string | null;
  }
  export const type = new RequestType<Params, Result, void>("qed/serverKey");
}

/** What a set-up is asked for: null leaves it to the server, which takes what was begun or what it proposes. */
export interface SetUpParams {
  /** `hf:owner/repo[@revision][/file.gguf]`, an address, or a path on the server's machine. */
  readonly source: string | null;
  readonly type: WeightType | null;
  /** Folder for models, on the server's machine. */
  readonly directory: string | null;
  /** A token for the hub; it is used for this request only and written nowhere. */
  readonly token?: string;
}

/** Why a set-up can't go on, in one sentence with the next step. */
export interface SetUpProblem {
  readonly problem: string;
  readonly code: SetUpErrorCode | "cancelled" | "other";
}

/**
 * `qed/setup/look`: what this machine has, what fits it, and what a set-up would do. Asks the hub for its lists, and
 * downloads nothing. Without a `source` nobody is asked: then there is no plan.
 */
export namespace SetUpLookRequest {
  export interface Result {
    /** The machine and the proposal, a line each. */
    readonly lines: readonly string[];
    /** Kinds of weights, the best first, each with how it would run here. */
    readonly choices: readonly {
      readonly type: WeightType;
      readonly fits: boolean;
      readonly proposed: boolean;
      readonly words: string;
      readonly time: string;
    }[];
    /** What was begun and not ended; null if nothing was. */
    readonly unfinished: Pick<SetUpParams, "source" | "type" | "directory"> | null;
    /** What will be done, a line each; null without a source. */
    readonly plan: { readonly lines: readonly string[]; readonly folder: string } | SetUpProblem | null;
  }
  export const type = new RequestType<SetUpParams, Result, void>("qed/setup/look");
}

/**
 * `qed/setup/run`: does it, and loads the model once to see that it runs. Reports on `workDoneToken`; its cancellation
 * keeps what has come, and the same request goes on from there. The client sets the model in its settings.
 */
export namespace SetUpRunRequest {
  export interface Params extends SetUpParams {
    readonly workDoneToken?: number | string;
  }
  export type Result =
    | {
        /** Path of the model, for `qed.model`. */
        readonly model: string;
        /** Tokens of context that fit, for `qed.contextSize`. */
        readonly contextSize: number;
        /** What was set up and what could not be had, a line each. */
        readonly lines: readonly string[];
      }
    | SetUpProblem;
  export const type = new RequestType<Params, Result, void>("qed/setup/run");
}

/**
 * `qed/ghostText`: what `textDocument/inlineCompletion` gives, with where it came from, and why there is nothing. For a
 * client that said `ghostText: true` in its `initializationOptions`: it looks at `qed.ghostText` itself, since only it
 * knows the language that the setting may be for, and asks nothing when that is `off`.
 */
export namespace GhostTextRequest {
  export interface Params {
    readonly textDocument: TextDocumentIdentifier;
    readonly position: Position;
    /** Whether a person asked by key. */
    readonly invoked: boolean;
  }
  export type Result = Suggestion;
  export const type = new RequestType<Params, Result, void>("qed/ghostText");
}

/** `qed/ghostTextBusy`: whether the engine writes ghost text now. */
export namespace GhostTextBusyNotification {
  export interface Params {
    readonly busy: boolean;
  }
  export const type = new NotificationType<Params>("qed/ghostTextBusy");
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
