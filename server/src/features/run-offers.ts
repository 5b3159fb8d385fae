import { canResume, canSummarise } from "../store/labels.js";
import type { Run } from "../store/run.js";

/** What can be done with a run that has ended, beside looking at its proof. */
export type RunOffer =
  /** Summarise its thought and begin anew with that: a budget was used up. */
  | "summarise"
  /** Go on where it stopped. */
  | "resume";

/** What is offered for a run that no process is writing. */
export function offersOf(run: Run): readonly RunOffer[] {
  return [
    ...(canSummarise(run) ? (["summarise"] as const) : []),
    ...(canResume(run.outcome) ? (["resume"] as const) : []),
  ];
}
