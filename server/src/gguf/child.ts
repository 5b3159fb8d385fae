/**
 * The process of a conversion: it converts one checkpoint and ends. It stops, keeping what is done, when it is told to or
 * when the channel to its parent closes.
 */
import { ConversionError } from "./conversion-error.js";
import { type Conversion, type Converted, convertFolder } from "./convert-folder.js";
import type { ConversionProgress } from "./convert-weights.js";
import { JAVASCRIPT_KERNELS, kernels } from "./kernels.js";

/** From the parent: the work, then perhaps that it is not wanted any more. */
export type ToConversion =
  | {
      readonly type: "convert";
      readonly conversion: Conversion;
      /** The extension's folder, which holds `native/`; null for the kernels in JavaScript. */
      readonly native: string | null;
    }
  | { readonly type: "stop" };

/** To the parent: progress a few times a second, then exactly one of the others. */
export type FromConversion =
  | { readonly type: "progress"; readonly progress: ConversionProgress }
  | { readonly type: "converted"; readonly converted: Converted }
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly message: string; readonly expected: boolean };

const PROGRESS_MS = 100;

const abort = new AbortController();
let told = 0;

async function send(message: FromConversion): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

function onProgress(progress: ConversionProgress): void {
  const now = performance.now();
  if (now - told < PROGRESS_MS && progress.done < progress.total) return;
  told = now;
  void send({ type: "progress", progress });
}

async function run(conversion: Conversion, native: string | null): Promise<void> {
  const found = native === null ? JAVASCRIPT_KERNELS : kernels(native);
  try {
    await send({ type: "converted", converted: await convertFolder(conversion, found, abort.signal, onProgress) });
  } catch (error) {
    if (abort.signal.aborted) await send({ type: "stopped" });
    else {
      const message = error instanceof Error ? error.message : String(error);
      await send({ type: "failed", message, expected: error instanceof ConversionError });
    }
  }
  if (process.connected) process.disconnect();
}

process.on("message", (message: ToConversion) => {
  if (message.type === "stop") abort.abort();
  else void run(message.conversion, message.native);
});
process.on("disconnect", () => abort.abort());
process.on("SIGTERM", () => abort.abort());
// Ctrl-C in a terminal reaches this process too; its parent decides.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
