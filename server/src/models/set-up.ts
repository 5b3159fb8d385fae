import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pinnedBackends } from "../engine/local/backend-packages.js";
import { assertGguf } from "../engine/local/failures.js";
import { convertCheckpoint } from "../gguf/convert-checkpoint.js";
import { noteChosen, noteUnfinished } from "./chosen.js";
import type { ConvertCheckpoint } from "./converter.js";
import { download } from "./download.js";
import { FULL_CONTEXT } from "./fit.js";
import { fetchBackend } from "./npm-fetch.js";
import { diskError } from "./partial.js";
import type { DownloadProgress } from "./rate.js";
import { SetUpError } from "./set-up-error.js";
import type { SetUpContext, SetUpPlan } from "./set-up-plan.js";

/** How far a set-up is. Stages come in this order, each only if there is something to do. */
export type SetUpProgress =
  | ({
      readonly stage: "download";
      /** File that is downloaded now, from 1, of how many. */
      readonly file: number;
      readonly files: number;
      readonly name: string;
    } & DownloadProgress)
  | { readonly stage: "convert"; readonly done: number; readonly total: number }
  | { readonly stage: "backend"; readonly packages: readonly string[] }
  | { readonly stage: "load"; readonly progress: number };

/** What a check by loading has shown. */
interface Checked {
  /** Where it runs, in words. */
  readonly device: string;
  /** Tokens of context that were there. */
  readonly contextSize: number;
  /** Measured on a few tokens; null for a rehearsal model, which is asked nothing else than it knows. */
  readonly tokensPerSecond: number | null;
}

/** Loads a model once, as it will be used, and lets it go. */
export type CheckModel = (
  model: string,
  contextSize: number,
  signal: AbortSignal,
  onProgress: (progress: number) => void,
) => Promise<Checked>;

/** What a set-up has made. */
export interface SetUpResult {
  readonly model: string;
  readonly source: string;
  readonly contextSize: number;
  readonly checked: Checked;
  /** One sentence each about what could not be had and is done without. */
  readonly warnings: readonly string[];
}

/**
 * Carries a plan out: download, conversion, backend, a check by loading; then the model is the one that the terminal
 * uses. Whatever interrupts it, the same plan goes on from there. Throws a {@link SetUpError}, an error of the
 * converter or the engine, or the signal's reason.
 */
export async function carryOut(
  plan: SetUpPlan,
  context: SetUpContext,
  check: CheckModel,
  signal: AbortSignal,
  onProgress: (progress: SetUpProgress) => void,
  convert: ConvertCheckpoint = convertCheckpoint,
): Promise<SetUpResult> {
  const { model, source, request, fit } = plan;
  const { stateDirectory, extensionRoot } = context;
  const { type, directory } = request;
  try {
    noteUnfinished(stateDirectory, { source, type, directory });
  } catch (error) {
    throw diskError(error, stateDirectory);
  }
  await downloadAll(plan, context, signal, onProgress);
  if (plan.conversion !== null && !(await isThere(model))) {
    const { folder } = plan.conversion;
    await mkdir(dirname(model), { recursive: true });
    const name = plan.source.split(/[/\\]/).at(-1)!.replace(/@.*$/, "");
    const report = ({ done, total }: { readonly done: number; readonly total: number }) =>
      onProgress({ stage: "convert", done, total });
    await convert({ folder, type: plan.type, out: model, name, extensionRoot, signal, onProgress: report });
  }
  await assertGguf(model);
  const warnings = await backend(plan, context, signal, onProgress);
  const checked = await check(model, fit === null ? FULL_CONTEXT : fit.contextSize || LEAST_TRY, signal, (progress) =>
    onProgress({ stage: "load", progress }),
  );
  // Only now: a conversion that can't be loaded can be done again without a second download.
  if (plan.conversion?.ours) await rm(plan.conversion.folder, { recursive: true, force: true });
  const contextSize = checked.contextSize;
  noteChosen(stateDirectory, { model, source, contextSize });
  return { model, source, contextSize, checked, warnings };
}

/** Context with which a model is tried that should not fit: the engine has the last word. */
const LEAST_TRY = 2_048;

async function downloadAll(
  { files, totalBytes }: SetUpPlan,
  { network }: SetUpContext,
  signal: AbortSignal,
  onProgress: (progress: SetUpProgress) => void,
): Promise<void> {
  let before = 0;
  for (const [index, wanted] of files.entries()) {
    const { target, name } = wanted;
    const { bytes } = await download(wanted, target, {
      network,
      signal,
      onProgress: (progress) => {
        // Of all files together: that is what the user waits for.
        const total = totalBytes ?? progress.total;
        const left = total === null ? null : total - before - progress.bytes;
        const { bytesPerSecond: rate, secondsLeft } = progress;
        onProgress({
          stage: "download",
          file: index + 1,
          files: files.length,
          name,
          ...progress,
          bytes: before + progress.bytes,
          total,
          secondsLeft: left === null || rate === null || rate <= 0 ? secondsLeft : left / rate,
        });
      },
    });
    before += bytes;
  }
}

/** A backend that can't be fetched is done without: the model runs on the one that is there. */
async function backend(
  { backend: { packages } }: SetUpPlan,
  { extensionRoot, stateDirectory }: SetUpContext,
  signal: AbortSignal,
  onProgress: (progress: SetUpProgress) => void,
): Promise<string[]> {
  const pinned = pinnedBackends(extensionRoot);
  if (packages.length === 0 || pinned === null) return [];
  onProgress({ stage: "backend", packages });
  try {
    await fetchBackend(packages, pinned, stateDirectory, signal);
    return [];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof SetUpError)) throw error;
    return [error.message];
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
