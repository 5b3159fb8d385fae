import { EngineError } from "../engine/engine.js";
import type { Outcome } from "../store/run.js";

/** How much of an unforeseen error is shown, in characters. */
const SHOWN = 200;

/** The outcome of a run that an error or a cancel ended. What it wrote stays in its file. */
export function failureOutcome(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return { kind: "cancelled", message: "Stopped. What was written so far is kept." };
  if (error instanceof EngineError) return { kind: "failed", code: error.code, message: error.message };
  const detail = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, SHOWN);
  return {
    kind: "failed",
    code: "internal",
    message: `The run ended by a fault of QED Copilot (${detail}). Run "QED: Show Set-Up Information" and report it.`,
  };
}
