import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { syntaxOf } from "../document/syntax.js";
import type { Syntax } from "../document/types.js";

/** Exit codes of the terminal commands. */
export const EXIT = { done: 0, noProof: 1, usage: 2, engine: 3 } as const;

/** A mistake in how a command was called, or a file that is missing: one sentence, exit code 2. */
export class UsageError extends Error {}

/** A document read from disk. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly syntax: Syntax;
}

/** Reads a LaTeX or Markdown file. Throws {@link UsageError}. */
export function readSource(file: string): SourceFile {
  const path = resolve(file);
  const syntax = syntaxOf(path);
  if (syntax === null) {
    throw new UsageError(
      `${file} is neither LaTeX (.tex) nor Markdown (.md, .qmd). Name a file of one of these kinds.`,
    );
  }
  return { path, text: readText(file), syntax };
}

/** The text of a file. Throws {@link UsageError} if it can't be read. */
export function readText(file: string): string {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}. Check the path.`);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} can't be read (${(error as NodeJS.ErrnoException).code}). Name a file that can.`);
  }
}

/** Splits `FILE:LINE`. A file whose own name ends that way wins. */
export function splitPlace(place: string): { readonly file: string; readonly line: number | null } {
  const match = /^(.+):(\d+)$/.exec(place);
  if (!match || existsSync(place)) return { file: place, line: null };
  return { file: match[1]!, line: Number(match[2]) };
}

/** A whole number above 0 from a flag. Throws {@link UsageError}. */
export function positive(flag: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new UsageError(`${flag} takes a whole number above 0, not "${value}".`);
  }
  return number;
}
