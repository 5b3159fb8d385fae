import { applyEvent } from "../../server/src/store/fold.js";
import type { Run } from "../../server/src/store/run.js";
import type { HostMessage, Proposal, RunTiming, ShowOptions } from "./channel.js";

/** A run as the page shows it. */
export interface RunState {
  readonly kind: "run";
  readonly run: Run;
  /** Number of events folded into `run`. */
  readonly events: number;
  readonly timing: RunTiming;
  readonly options: ShowOptions;
  readonly proposal: Proposal | null;
}

/** What the page shows. `waiting` until the host has answered the first `ready`. */
export type PageState = { readonly kind: "waiting" } | { readonly kind: "none" } | RunState;

/** The page's first state. */
export const WAITING: PageState = { kind: "waiting" };

/**
 * The state after a message. Pure. Null if events were missed: the page must then say `ready` again, which brings
 * everything.
 */
export function reduce(state: PageState, message: HostMessage): PageState | null {
  switch (message.type) {
    case "none":
      return { kind: "none" };
    case "show": {
      const { run, events, timing, options, proposal } = message;
      return { kind: "run", run, events, timing, options, proposal };
    }
    case "events": {
      if (state.kind !== "run" || state.run.header.id !== message.runId) return state;
      if (message.first > state.events) return null;
      const fresh = message.events.slice(state.events - message.first);
      if (fresh.length === 0) return state;
      return {
        ...state,
        run: fresh.reduce(applyEvent, state.run),
        events: state.events + fresh.length,
        timing: message.timing,
      };
    }
    case "proposal": {
      if (state.kind !== "run" || state.run.header.id !== message.runId) return state;
      const { runId, canAccept, note } = message;
      return { ...state, proposal: { runId, canAccept, note } };
    }
    case "decided":
      if (state.kind !== "run" || state.run.header.id !== message.runId) return state;
      return { ...state, run: { ...state.run, decision: message.decision } };
    default:
      // A host of a later version may say more.
      return state;
  }
}
