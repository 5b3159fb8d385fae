import { access } from "node:fs/promises";
import { holderOf, type Lock, takeLock } from "../processes/lock.js";
import { ConversionError, fileError } from "./conversion-error.js";
import { type ConversionProgress, convertWeights } from "./convert-weights.js";
import type { FileType } from "./file-types.js";
import type { Kernels } from "./kernels.js";
import { PartialFile, partialPath } from "./partial-file.js";
import { planConversion } from "./plan.js";

/** What to convert. */
export interface Conversion {
  /** Folder of the checkpoint: an absolute path. */
  readonly folder: string;
  readonly type: FileType;
  /** The GGUF file to write: an absolute path. */
  readonly out: string;
  /** The model's name in the file; the folder's by default. */
  readonly name?: string | undefined;
}

/** What a conversion has made. */
export interface Converted {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Bytes that an earlier, interrupted conversion had written. */
  readonly kept: number;
  /** Who converted the weights. */
  readonly kernels: "native" | "javascript";
}

/**
 * Converts a checkpoint in this process. The result gets its name when it is complete; until then it is `OUT.partial`, and
 * a later call for the same checkpoint goes on with it. Throws a {@link ConversionError}, or the signal's reason.
 */
export async function convertFolder(
  { folder, type, out, name }: Conversion,
  kernels: Kernels,
  signal: AbortSignal,
  onProgress: (progress: ConversionProgress) => void,
): Promise<Converted> {
  const plan = await planConversion(folder, type, name);
  signal.throwIfAborted();
  await assertFree(out);
  const lock = await lockOf(partialPath(out));
  try {
    // Another process may have finished it meanwhile.
    await assertFree(out);
    const file = await PartialFile.open(plan, out);
    try {
      await convertWeights(plan, file, kernels, signal, onProgress);
      await file.finish();
    } finally {
      await file.close();
    }
    return { bytes: plan.size, kept: file.done, kernels: kernels.source };
  } finally {
    await lock.release();
  }
}

/** Makes sure that only this process writes to `path`. */
async function lockOf(path: string): Promise<Lock> {
  const file = `${path}.lock`;
  const lock = await takeLock(file).catch((error) => {
    throw fileError(error, file);
  });
  if (lock !== null) return lock;
  const owner = await holderOf(file);
  throw new ConversionError(
    `${owner === null ? "Another process" : `Process ${owner}`} is writing to ${path} already. Wait for it, or delete ${file} if it is another program.`,
  );
}

async function assertFree(out: string): Promise<void> {
  const exists = await access(out).then(
    () => true,
    () => false,
  );
  if (exists) throw new ConversionError(`${out} is there already. Move it away, or name another file for the result.`);
}
