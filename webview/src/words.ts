/** The words of the page, in one place. */
import { earlyLabel } from "../../server/src/store/labels.js";
import type { Outcome, Run, RunPhase, RunStatement } from "../../server/src/store/run.js";

const numbers = new Intl.NumberFormat("en-US");

/** A count, with separators. */
export function count(value: number): string {
  return numbers.format(value);
}

/** What a run is doing. */
const PHASES: Readonly<Record<RunPhase, string>> = {
  loading: "Loading the model",
  waiting: "Waiting for its turn",
  reading: "Reading the statement",
  thinking: "Thinking",
  writing: "Writing the proof",
  summarising: "Summarising the thought",
  paused: "Paused",
};

/** What a step of a proof is, as long as nobody has looked at it. */
export const NOT_CHECKED = "not checked";

/** The same for a step that the author had written before the run. */
export const YOURS_NOT_CHECKED = "yours, not checked";

/** How a run stands, in two or three words. */
export function standing(run: Run): string {
  if (!run.outcome) return run.phase ? PHASES[run.phase] : "Starting";
  switch (run.outcome.kind) {
    case "proved":
      if (run.decision === "accepted") return "Accepted";
      return run.decision === "rejected" ? "Rejected" : "Proof found";
    case "cut-short":
      return "Proof cut short";
    case "no-proof":
      return "No proof";
    case "unknown-to-rehearsal":
      return "Not run";
    case "cancelled":
      return "Stopped";
    case "failed":
      return "Failed";
  }
}

/** What a person should know about how a run ended, and what to do next; empty for a whole proof without a catch. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "proved":
      return "Nobody has checked this proof. Read it before you rely on it.";
    case "cut-short":
      return (
        outcome.message || "The answer's budget was used up: the proof is cut short. Prove again with a larger one."
      );
    case "no-proof":
      return outcome.message || "The model ended without a proof. Its thought is kept; prove again with another seed.";
    case "unknown-to-rehearsal":
      return outcome.message || "The rehearsal model does not know this statement. Set up a model to prove it.";
    case "cancelled":
      return outcome.message || "Stopped. What had been written is kept.";
    case "failed":
      return outcome.message || "The engine failed. What had been written is kept; prove again.";
  }
}

/** `Proof · 9 steps, none checked`, in its second part. */
export function stepsText(steps: number, growing: boolean): string {
  const what = `${steps} ${steps === 1 ? "step" : "steps"}`;
  if (growing) return steps === 0 ? "" : `${what} so far`;
  return steps === 1 ? "1 step, not checked" : `${what}, none checked`;
}

/** How the thought stands beside its heading. */
export function thoughtText(run: Run): string {
  const { tokens } = run.thought;
  const early = earlyLabel(run.thought);
  if (early !== null) return early;
  return tokens === 0 ? "" : `${count(tokens)} tokens`;
}

/** `Theorem`, with what tells it from others: title or label. Plain text. */
export function statementTitle(statement: RunStatement): { readonly kind: string; readonly name: string } {
  const kind = statement.kind === "other" ? "Statement" : statement.kind;
  const title = statement.title?.replace(/\s+/g, " ").trim() || statement.label || "";
  return { kind: (kind[0] ?? "").toUpperCase() + kind.slice(1), name: clip(title, 120) };
}

/** At most `length` characters, never half a surrogate pair. */
function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
