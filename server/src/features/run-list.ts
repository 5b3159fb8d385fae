import { earlyLabel } from "../store/labels.js";
import type { RunOrigin, RunPhase, RunStatement } from "../store/run.js";
import type { RunStore } from "../store/store.js";
import type { RunSummary } from "../store/summary.js";

/** A run in a list, for editors, the terminal and the panel. */
export interface RunListEntry {
  readonly id: string;
  readonly parent: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly statement: Pick<RunStatement, "uri" | "kind" | "title" | "label" | "text">;
  readonly origin: RunOrigin | null;
  readonly seed: number;
  /**
   * `going` while a process writes it, `paused` or `interrupted` (its process died) while it can go on, else the kind of
   * its outcome.
   */
  readonly state: "going" | "paused" | "interrupted" | NonNullable<RunSummary["outcome"]>["kind"];
  /** What it is doing, for one that is going on. */
  readonly phase: RunPhase | null;
  /** That its thought was closed early; null if it was not. */
  readonly early: string | null;
  readonly decision: "accepted" | "rejected" | null;
  readonly tokens: { readonly thought: number; readonly answer: number };
  /** Of its file, in bytes. */
  readonly bytes: number;
}

/** A run that a later version has written: only its id is known. */
export interface NewerRun {
  readonly id: string;
  readonly newer: number;
}

/** The runs on disk, oldest first, as far as they can be read; those of later versions by their ids. */
export function listRuns(store: RunStore): (RunListEntry | NewerRun)[] {
  return store.ids().flatMap((id) => {
    const summary = store.summary(id);
    if (summary === null) return [];
    return ["newer" in summary ? { id, newer: summary.newer } : entryOf(summary)];
  });
}

function entryOf({
  header,
  outcome,
  phase,
  decision,
  thoughtTokens,
  answerTokens,
  bytes,
  live,
}: RunSummary): RunListEntry {
  const { uri, kind, title, label, text } = header.statement;
  const inherited = header.inherited?.early;
  const early = outcome && "early" in outcome ? (outcome.early ?? null) : null;
  return {
    id: header.id,
    parent: header.parent,
    time: header.time,
    statement: { uri, kind, title, label, text },
    origin: header.origin ?? null,
    seed: header.seed,
    state: outcome?.kind ?? (phase === "paused" ? "paused" : live ? "going" : "interrupted"),
    phase: outcome === null && live ? phase : null,
    early: early ?? (inherited ? earlyLabel({ tokens: thoughtTokens, cut: true, early: inherited }) : null),
    decision,
    tokens: { thought: thoughtTokens, answer: answerTokens },
    bytes,
  };
}
