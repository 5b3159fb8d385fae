import { access, constants, open } from "node:fs/promises";
import { EngineError, type EngineErrorCode } from "../engine.js";
import type { Memory } from "./messages.js";
import type { Holder } from "./registry.js";

/** GGUF files begin with these four bytes; anything else is not worth starting a process for. */
const GGUF_MAGIC = "GGUF";

/** Rejects with `model.missing` or `model.corrupt` unless the file can be read and begins like a GGUF file. */
export async function assertGguf(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new EngineError(
      "model.missing",
      `The model file ${path} is not there or can't be read. Set "qed.model" to a GGUF file, or run "QED: Set Up Model".`,
      { cause },
    );
  }
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead < 4 || buffer.toString("latin1") !== GGUF_MAGIC)
      throw loadError("model.corrupt", path, "no GGUF header");
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw loadError("model.corrupt", path, error instanceof Error ? error.message : String(error));
  } finally {
    await file.close();
  }
}

/** The sentence for a model that could not be loaded; `detail` goes into the cause. */
export function loadError(
  code: EngineErrorCode,
  path: string,
  detail: string,
  memory: Memory | null = null,
): EngineError {
  const cause = new Error(detail);
  switch (code) {
    case "model.memory":
    case "model.held":
      return new EngineError(
        "model.memory",
        `There is not enough memory for ${path}${memory === null ? "" : ` (${numbers(memory)})`}. Close other programs, or choose a smaller model by "QED: Set Up Model".`,
        { cause },
      );
    case "engine.missing":
      return new EngineError(
        code,
        `The engine's binaries are missing. Install the extension again, or use a server by "QED: Set Up Model".`,
        { cause },
      );
    default:
      return new EngineError(
        "model.corrupt",
        `The model file ${path} is damaged or no GGUF model that this engine knows. Get it again, or choose another by "QED: Set Up Model".`,
        { cause },
      );
  }
}

/**
 * The sentence for memory that another window holds: who, since when, how much, and what can be done.
 * @param canDoWithLess whether a smaller context, or fewer layers on the GPU, would fit
 */
export function heldError(holders: readonly Holder[], memory: Memory | null, canDoWithLess: boolean): EngineError {
  const [first] = holders;
  const others = holders.length > 1 ? ` and ${holders.length - 1} more` : "";
  const who = first
    ? `Another window (process ${first.pid}${others}) has held ${first.model} with ${gigabytes(first.bytes)} since ${clock(first.since)}`
    : "Another window holds a model";
  const short = memory === null ? "" : ` (${numbers(memory)})`;
  const less = canDoWithLess ? ", or use less" : "";
  return new EngineError(
    canDoWithLess ? "model.held" : "model.full",
    `${who}, and there is not enough memory for a second one${short}. Wait until it is let go${less}.`,
  );
}

/** How a process ended. */
export interface Ending {
  /** For a report. */
  readonly detail: string;
  /** The watchdog ended it. */
  readonly hung: boolean;
  /** Nobody wanted it to end. */
  readonly unexpected: boolean;
}

/** The sentence for a process that died; `again` if it did so before, and trying once more is no remedy. */
export function crashError({ detail, hung }: Ending, again: boolean): EngineError {
  const cause = new Error(detail);
  const killed = detail.startsWith("SIGKILL") ? "was killed, as happens when memory runs out" : "ended unexpectedly";
  const what = hung ? "stopped answering and was ended" : killed;
  if (again) {
    return new EngineError(
      "engine.unstable",
      `The engine's process ${what}, several times in a row now. What it wrote is kept; run "QED: Show Set-Up Information" and report it.`,
      { cause },
    );
  }
  return new EngineError(
    "engine.crashed",
    `The engine's process ${what}. What it wrote is kept; run "QED: Prove This Statement" again.`,
    { cause },
  );
}

/** The sentence for an engine that its user has ended. */
export function shutDownError(): EngineError {
  return new EngineError("engine.crashed", "The engine has been shut down. Try again.");
}

/** The sentence for a prompt that does not fit; `detail` has the numbers. */
export function contextError(detail: string): EngineError {
  return new EngineError(
    "context.exceeded",
    `This statement with its context is longer than the model's window (${detail}). Shorten the statement, its hints or what is written of its proof, or raise "qed.contextSize".`,
  );
}

function numbers({ needed, free }: Memory): string {
  return `${gigabytes(needed)} needed, ${gigabytes(free)} free`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}

/** Hours and minutes where it is the same day. */
function clock(since: string): string {
  const then = new Date(since);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const hours = `${String(then.getHours()).padStart(2, "0")}:${String(then.getMinutes()).padStart(2, "0")}`;
  return day(then) === day(new Date()) ? hours : `${day(then)} ${hours}`;
}
