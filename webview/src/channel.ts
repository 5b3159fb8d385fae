/**
 * The two directions of the channel between the panel's host (client/src/panel) and its page (webview/src). The page
 * says `ready` when it listens; the host answers with all that there is to show, then sends what changes. The page
 * keeps no truth: whenever it is made again, it says `ready` again and gets everything again.
 *
 * Invariant: this module imports only types, so that both sides can bundle it.
 */
import type { Run, RunEvent } from "../../server/src/store/run.js";

/** Version of the channel. A page of another version is loaded again by its host. */
export const CHANNEL_VERSION = 1;

/** When things happened to a run, by the host's clock, in milliseconds since 1970. The page may be on another machine. */
export interface RunTiming {
  /** The host's clock when the message was made, by which the page corrects its own. */
  readonly now: number;
  /** When the run began. */
  readonly started: number;
  /** When the host saw the first token; null if it saw none come. */
  readonly firstToken: number | null;
  /** When the host saw the run end; null while it goes on and for a run that ended before it was shown. */
  readonly ended: number | null;
}

/** What the page needs to know beside the run. */
export interface ShowOptions {
  /** Macros of the document for KaTeX: name with its backslash → body with `#1` … `#9`. */
  readonly macros: Readonly<Record<string, string>>;
  /** What is said beside a proof of the rehearsal model, one sentence. */
  readonly rehearsalNote: string;
}

/** What the editor can do with the proof of a run, once the run has ended. */
export interface Proposal {
  readonly runId: string;
  /** Whether it can go into the document as that is now. */
  readonly canAccept: boolean;
  /** Why it can't, or what the author should know (pieces that were taken out); empty if there is nothing to say. */
  readonly note: string;
}

/** What the host tells the page. */
export type HostMessage =
  /** A run as it is now; whatever was shown before is replaced. */
  | {
      readonly type: "show";
      readonly run: Run;
      /** Number of events folded into `run`: the index of the next one. */
      readonly events: number;
      readonly timing: RunTiming;
      readonly options: ShowOptions;
      /** null until the editor knows what it can do with the proof. */
      readonly proposal: Proposal | null;
    }
  /** Events of a run, in order; `first` is the index of the first of them. Those that are already known are skipped. */
  | {
      readonly type: "events";
      readonly runId: string;
      readonly first: number;
      readonly events: readonly RunEvent[];
      readonly timing: RunTiming;
    }
  | ({ readonly type: "proposal" } & Proposal)
  /** What became of the proof, whoever decided it. */
  | { readonly type: "decided"; readonly runId: string; readonly decision: "accepted" | "rejected" }
  /** There is no run to show: the page says how to begin one. */
  | { readonly type: "none" };

/** What the page asks of its host about a run; each carries its run's id, so that a late click can't hit another run. */
export type RunAction = "stop" | "accept" | "showDiff" | "reject" | "copy";

/** What the page tells its host. */
export type PageMessage =
  /** The page listens and has nothing, or has missed events: it wants everything. */
  | { readonly type: "ready"; readonly version: number }
  | { readonly type: RunAction; readonly runId: string }
  /** Open the set-up of a model. */
  | { readonly type: "setUp" };
