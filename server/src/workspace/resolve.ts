import type { PlatformPath } from "node:path";
import type { Read } from "../document/reads.js";

/** From where a file is read. */
export interface Reader {
  /** The folder of the root document, in which TeX runs. */
  readonly rootFolder: string;
  /** Absolute path of the file that reads. */
  readonly file: string;
  /** The folder that `\import` has set around it, or null. */
  readonly imported: string | null;
  /** Absolute folders of `\input@path`. */
  readonly searched: readonly string[];
}

/** Extensions of files that can declare or state something: pictures and data are not looked into. */
const KNOWN = /\.(?:tex|ltx|latex|sty|cls|clo|def|cfg|inc|mac)$/i;

/**
 * Absolute paths at which TeX looks for a file, best first: what `\import` has set, then the root document's folder,
 * then `\input@path`, then, as editors and `subfiles` do, the folder of the file that reads.
 */
export function candidates(read: Read, from: Reader, paths: PlatformPath): string[] {
  const bases = [from.imported, from.rootFolder, ...from.searched, paths.dirname(from.file)];
  const folder = importFolder(read, from, paths);
  const places = folder === null ? bases : [folder, ...(read.nested ? [] : [folderBeside(read, from, paths)])];
  const names = namesOf(read);
  const found = places.flatMap((base) => (base === null ? [] : names.map((name) => paths.resolve(base, name))));
  return [...new Set(found)];
}

/** The folder that `\import{folder}{name}` sets for what the file reads in turn; null for other commands. */
export function importFolder(read: Read, from: Reader, paths: PlatformPath): string | null {
  if (read.folder === null) return null;
  return paths.resolve(read.nested ? (from.imported ?? from.rootFolder) : from.rootFolder, read.folder);
}

/** The file that a magic comment names: beside the file that says so, `.tex` understood. */
export function namedRoot(name: string, file: string, paths: PlatformPath): string[] {
  const path = paths.resolve(paths.dirname(file), name);
  return KNOWN.test(path) ? [path] : [`${path}.tex`];
}

function folderBeside(read: Read, from: Reader, paths: PlatformPath): string {
  return paths.resolve(paths.dirname(from.file), read.folder!);
}

function namesOf({ kind, name }: Read): string[] {
  if (kind !== "file") {
    const extension = kind === "package" ? ".sty" : ".cls";
    return [name.endsWith(extension) ? name : name + extension];
  }
  if (/\.tex$/i.test(name)) return [name];
  return KNOWN.test(name) ? [name, `${name}.tex`] : [`${name}.tex`];
}
