import type { ProveRequest } from "../protocol.js";
import type { Outcome } from "../store/run.js";

/** Whether "Set Up Model" is the remedy of a run that ended so. */
export function needsSetUp(outcome: Outcome): boolean {
  if (outcome.kind === "unknown-to-rehearsal") return true;
  if (outcome.kind !== "failed" || remediesOf(outcome).length > 0) return false;
  return /^(?:model|endpoint\.invalid|endpoint\.unreachable|endpoint\.model)/.test(outcome.code);
}

/** What helps where setting up a model does not; the first is the best. */
export function remediesOf(outcome: Outcome): readonly ProveRequest.Remedy[] {
  if (outcome.kind !== "failed") return [];
  switch (outcome.code) {
    case "model.held":
      return ["wait", "less"];
    case "model.full":
      return ["wait"];
    case "engine.crashed":
      return ["retry"];
    case "engine.unstable":
      return ["report"];
    default:
      return [];
  }
}
