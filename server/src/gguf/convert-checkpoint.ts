import { type ChildProcess, fork } from "node:child_process";
import { join, resolve } from "node:path";
import type { FromConversion, ToConversion } from "./child.js";
import { ConversionError } from "./conversion-error.js";
import type { Converted } from "./convert-folder.js";
import type { ConversionProgress } from "./convert-weights.js";
import type { FileType } from "./file-types.js";

/** A conversion to be done in a process of its own. */
export interface CheckpointConversion {
  /** Folder of the checkpoint. */
  readonly folder: string;
  readonly type: FileType;
  /** The GGUF file to write; it must not be there. */
  readonly out: string;
  /** The model's name in the file; the folder's by default. */
  readonly name?: string;
  /** The extension's folder: `dist/convert-child.js` and `native/` are in it. */
  readonly extensionRoot: string;
  readonly signal: AbortSignal;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: ConversionProgress) => void;
  /** "javascript" leaves the native kernels aside; the bytes are the same. */
  readonly kernels?: "auto" | "javascript";
}

/** How long a process that is told to stop may take to note what is done, in milliseconds. */
const STOP_MS = 10_000;
/** How much of the process's error output is kept for a report, in characters. */
const KEPT_STDERR = 2000;

/**
 * Converts the checkpoint of a Qwen3 model (config, tokenizer, chat template, safetensors in F32, F16 or BF16) to a GGUF
 * file, in a process of its own and in less than 400 MB. While it goes on the result is `OUT.partial`; an abort keeps
 * that, and the same call later goes on from there. Rejects with a {@link ConversionError}, or the signal's reason.
 */
export async function convertCheckpoint(options: CheckpointConversion): Promise<Converted> {
  const { signal, extensionRoot } = options;
  signal.throwIfAborted();
  const child = fork(join(extensionRoot, "dist", "convert-child.js"), [], {
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // VS Code's own Node is Electron, which runs scripts only with this.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  let timer: NodeJS.Timeout | undefined;
  const killSoon = () => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  };
  const stop = () => {
    send(child, { type: "stop" });
    killSoon();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await result(child, options, killSoon);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** Waits until the process has ended, and for what it said before. `onSaid` is called when that is known. */
function result(child: ChildProcess, options: CheckpointConversion, onSaid: () => void): Promise<Converted> {
  const { folder, type, out, name, extensionRoot, kernels, onProgress } = options;
  return new Promise((resolve_, reject) => {
    let stderr = "";
    let said: Exclude<FromConversion, { type: "progress" }> | null = null;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-KEPT_STDERR);
    });
    child.on("message", (message: FromConversion) => {
      if (message.type === "progress") return onProgress?.(message.progress);
      said = message;
      onSaid();
    });
    child.once("error", (error) => reject(unexpected(error.message)));
    child.once("close", (code, exitSignal) => {
      const last = said as Exclude<FromConversion, { type: "progress" }> | null;
      if (last?.type === "converted") resolve_(last.converted);
      else if (last?.type === "stopped") {
        reject(new ConversionError("The conversion was stopped. Convert again to go on; what is done is kept."));
      } else if (last?.type === "failed") {
        reject(last.expected ? new ConversionError(last.message) : unexpected(last.message));
      } else reject(unexpected(`${exitSignal ?? `exit code ${code}`} ${stderr}`));
    });
    const conversion = { folder: resolve(folder), type, out: resolve(out), name };
    send(child, { type: "convert", conversion, native: kernels === "javascript" ? null : extensionRoot });
  });
}

function unexpected(detail: string): ConversionError {
  const [line] = detail.trim().split("\n");
  return new ConversionError(
    `The conversion ended unexpectedly (${(line ?? "").trim().slice(0, 200)}). Convert again to go on; what is done is kept.`,
  );
}

function send(child: ChildProcess, message: ToConversion): void {
  // A process that has just died reports itself by its exit.
  if (child.connected) child.send(message, () => {});
}
