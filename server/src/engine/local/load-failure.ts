import type { EngineErrorCode } from "../engine.js";
import type { FromChild, Memory } from "./messages.js";

/** Why a model was not loaded. */
export class LoadFailure extends Error {
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    readonly memory: Memory | PromiseLike<Memory>,
  ) {
    super(message);
  }
}

/** The message about a failed load; `log` is what the engine itself complained of, oldest first. */
export async function loadFailed(error: unknown, log: readonly string[]): Promise<FromChild> {
  const detail = [error instanceof Error ? error.message : String(error), ...log.slice(-3)].join(" | ");
  if (error instanceof LoadFailure) {
    return { type: "load-failed", code: error.code, detail, memory: await error.memory };
  }
  const name = error instanceof Error ? error.constructor.name : "";
  if (/NoBinaryFound/.test(name)) return { type: "load-failed", code: "engine.missing", detail };
  const memory = /InsufficientMemory/.test(name) || /\b(?:out of memory|VRAM|insufficient memory)\b/i.test(detail);
  return { type: "load-failed", code: memory ? "model.memory" : "model.corrupt", detail };
}
