import type { EarlyReason, Outcome, Run } from "./run.js";

const WHY: Readonly<Record<EarlyReason, string>> = {
  budget: "",
  room: ", when the context was full",
  loop: ", when it went round in circles",
  asked: ", when you asked for the proof",
};

/**
 * What must be said wherever a run appears whose thought was closed early: "thinking cut at 8,192 tokens"; null for a
 * thought that came to its own end.
 */
export function earlyLabel({ tokens, cut, early = "budget" }: Omit<Run["thought"], "text">): string | null {
  return cut ? `thinking cut at ${tokens.toLocaleString("en-US")} tokens${WHY[early]}` : null;
}

/** All that must be said beside a proof: that its thought was closed early, that it is cut short. In this order. */
export function proofLabels(run: Pick<Run, "thought" | "outcome">): readonly string[] {
  const early = earlyLabel(run.thought);
  return [...(early === null ? [] : [early]), ...(run.outcome?.kind === "cut-short" ? ["proof cut short"] : [])];
}

/** Whether an ended run can go on where it stopped: it was stopped, failed, paused, or its process died. */
export function canResume(outcome: Outcome | null): boolean {
  return outcome === null || outcome.kind === "cancelled" || outcome.kind === "failed";
}

/** Most rounds of solving, each from a summary of the one before (Reasoning Cache). */
export const MOST_ROUNDS = 3;

/** The round of a run: 1, or more for one that goes on from a summary. */
export function roundOf({ header: { origin } }: Pick<Run, "header">): number {
  return origin?.kind === "summary" ? origin.round : 1;
}

/**
 * Whether "Summarise and Continue" is offered: a budget was used up, the thought went round in circles or found no room,
 * and there is a round left.
 */
export function canSummarise(run: Run): boolean {
  const { thought, outcome } = run;
  const usedUp = thought.cut ? thought.early !== "asked" : outcome?.kind === "no-proof" && thought.text.trim() !== "";
  return outcome !== null && usedUp && roundOf(run) < MOST_ROUNDS;
}
