import { access, constants, open } from "node:fs/promises";
import { EngineError, type EngineErrorCode } from "../engine.js";

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
export function loadError(code: EngineErrorCode, path: string, detail: string): EngineError {
  const cause = new Error(detail);
  switch (code) {
    case "model.memory":
      return new EngineError(
        code,
        `There is not enough memory for ${path}. Close other programs, or choose a smaller model by "QED: Set Up Model".`,
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

/** The sentence for a process that died. */
export function crashError(detail: string): EngineError {
  return new EngineError(
    "engine.crashed",
    `The engine's process ended unexpectedly. What it wrote is kept; run "QED: Prove This Statement" again.`,
    { cause: new Error(detail) },
  );
}

/** The sentence for a prompt that does not fit; `detail` has the numbers. */
export function contextError(detail: string): EngineError {
  return new EngineError(
    "context.exceeded",
    `This statement with its context is longer than the model's window (${detail}). Shorten it, or raise "qed.contextSize".`,
  );
}
