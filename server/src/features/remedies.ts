import type { ProveRequest } from "../protocol.js";
import type { Outcome } from "../store/run.js";

/** What helps after a run that ended so; the first is the best. */
export function remediesOf(outcome: Outcome): readonly ProveRequest.Remedy[] {
  if (outcome.kind === "unknown-to-rehearsal") return ["setUp"];
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
      return /^(?:model|endpoint\.invalid|endpoint\.unreachable|endpoint\.model)/.test(outcome.code) ? ["setUp"] : [];
  }
}
