import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type WeightType, weightType } from "./weights.js";

/** The model that was set up, for the terminal; the editor has it in its own settings. */
export interface ChosenModel {
  /** Absolute path of a GGUF file. */
  readonly model: string;
  /** As the user wrote it. */
  readonly source: string;
  /** Tokens that fit on this machine. */
  readonly contextSize: number;
}

/** A set-up that was begun and not ended. */
export interface Unfinished {
  readonly source: string;
  readonly type: WeightType | null;
  readonly directory: string | null;
}

interface SetUpFile {
  readonly chosen: ChosenModel | null;
  readonly unfinished: Unfinished | null;
}

const NOTHING: SetUpFile = { chosen: null, unfinished: null };

/** The model that was set up in this state directory; null if there is none. */
export function readChosen(stateDirectory: string): ChosenModel | null {
  return read(stateDirectory).chosen;
}

/** The set-up that was begun last and not ended; null if there is none. */
export function readUnfinished(stateDirectory: string): Unfinished | null {
  return read(stateDirectory).unfinished;
}

/** Notes that a set-up begins. */
export function noteUnfinished(stateDirectory: string, unfinished: Unfinished): void {
  write(stateDirectory, { ...read(stateDirectory), unfinished });
}

/** Notes the model that is to be used from now on; whatever was unfinished is done. */
export function noteChosen(stateDirectory: string, chosen: ChosenModel): void {
  write(stateDirectory, { chosen, unfinished: null });
}

function fileIn(stateDirectory: string): string {
  return join(stateDirectory, "setup.json");
}

function write(stateDirectory: string, file: SetUpFile): void {
  mkdirSync(stateDirectory, { recursive: true });
  const path = fileIn(stateDirectory);
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ version: 1, ...file }, null, 2)}\n`);
  renameSync(fresh, path);
}

function read(stateDirectory: string): SetUpFile {
  let raw: { readonly chosen?: unknown; readonly unfinished?: unknown };
  try {
    raw = JSON.parse(readFileSync(fileIn(stateDirectory), "utf8")) ?? {};
  } catch {
    return NOTHING;
  }
  const { model, source: from, contextSize } = (raw.chosen ?? {}) as Readonly<Record<string, unknown>>;
  const { source, type, directory } = (raw.unfinished ?? {}) as Readonly<Record<string, unknown>>;
  return {
    chosen:
      typeof model === "string" && typeof from === "string" && Number.isSafeInteger(contextSize)
        ? { model, source: from, contextSize: contextSize as number }
        : null,
    unfinished:
      typeof source === "string"
        ? {
            source,
            type: typeof type === "string" ? weightType(type) : null,
            directory: typeof directory === "string" ? directory : null,
          }
        : null,
  };
}
