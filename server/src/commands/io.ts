import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { parseDocument } from "../document/parse.js";
import { syntaxOf } from "../document/syntax.js";
import type { Document, Macro, Syntax } from "../document/types.js";
import { DISK_FILES } from "../workspace/disk-files.js";
import { type Elsewhere, NOTHING_ELSEWHERE } from "../workspace/joined.js";
import { macrosIn, NO_PROJECT, type ProjectContext } from "../workspace/project.js";
import { finish, WorkspaceIndex } from "../workspace/workspace-index.js";

/** Exit codes of the terminal commands. */
export const EXIT = { done: 0, noProof: 1, refuted: 1, usage: 2, engine: 3 } as const;

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
  const text = readText(file);
  return { path: realpathSync(path), text, syntax };
}

/** The text of a file. Throws {@link UsageError} if it can't be read. */
export function readText(file: string): string {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}. Check the path.`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} can't be read (${(error as NodeJS.ErrnoException).code}). Name a file that can.`);
  }
  try {
    // Other encodings would come back damaged from --write.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file} is not encoded in UTF-8. Save it in UTF-8, then try again.`);
  }
}

/** Splits `FILE:LINE`. A file whose own name ends that way wins. */
export function splitPlace(place: string): { readonly file: string; readonly line: number | null } {
  const match = /^(.+):(\d+)$/.exec(place);
  if (!match || existsSync(place)) return { file: place, line: null };
  return { file: match[1]!, line: Number(match[2]) };
}

/** A 32-bit seed from a flag. Throws {@link UsageError}. */
export function seedOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  const seed = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(seed <= 0xffff_ffff)) throw new UsageError(`--seed takes a whole number below 2^32, not "${value}".`);
  return seed;
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

/** A file with its document, and what the other files of its project give for it. */
export interface ParsedSource {
  readonly document: Document;
  readonly macros: readonly Macro[];
  readonly elsewhere: Elsewhere;
  readonly context: ProjectContext;
}

/** Parses a file in its project. `root` is the project's folder; without it, {@link projectFolder} finds one. */
export function parseSource(source: SourceFile, root: string | undefined): ParsedSource {
  const { path, text, syntax } = source;
  if (root !== undefined && !existsSync(root)) throw new UsageError(`There is no folder ${root}. Check --root.`);
  if (syntax !== "latex") {
    const document = parseDocument(text, syntax);
    return { document, macros: document.macros, elsewhere: NOTHING_ELSEWHERE, context: NO_PROJECT };
  }
  const folder = root === undefined ? projectFolder(path) : realpathSync(root);
  const index = new WorkspaceIndex({ files: DISK_FILES, folder });
  const context = index.context(path);
  const document = parseDocument(text, syntax, { declared: context.declared });
  finish(index.load(path));
  return { document, macros: macrosIn(context, document.macros), elsewhere: index.elsewhere(path, document), context };
}

/** Most folders above a file that may belong to its project. */
const MOST_ABOVE = 6;

/**
 * The folder of a file's project: the repository around it, or the highest folder near it that holds LaTeX, short of
 * the user's home; where the command was called, if the file lies below and that is higher.
 */
function projectFolder(path: string): string {
  const called = process.cwd();
  let best = path.startsWith(`${called}${sep}`) ? called : dirname(path);
  let folder = best;
  for (let above = 0; above < MOST_ABOVE; above++) {
    if (folder === dirname(folder) || folder === homedir() || folder === realpathSync(tmpdir())) break;
    if (existsSync(join(folder, ".git"))) return folder;
    if (DISK_FILES.list(folder).some(({ name, isFolder }) => !isFolder && /\.tex$/i.test(name))) best = folder;
    folder = dirname(folder);
  }
  return best;
}
