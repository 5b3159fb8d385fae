import type { PlatformPath } from "node:path";

/** One thing in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The files of a project, injected: tests give them from memory. */
export interface ProjectFiles {
  /**
   * The text of a file; null if it isn't there, is too large, is no plain file, or is a link that leads out of
   * `folder`, the project's own.
   */
  read(path: string, folder: string): string | null;
  /** Something that changes whenever the file does, such as its time and size; null if it isn't there. */
  stamp(path: string): string | null;
  /** What lies in a folder, links to folders left out; empty if it can't be read. */
  list(folder: string): readonly FolderEntry[];
}

/** One name for all ways to write a path: on Windows, case does not count. */
export function pathKey(path: string, paths: PlatformPath): string {
  return paths.sep === "\\" ? path.toLowerCase() : path;
}

/** Whether a path is `folder` or lies in it, both absolute. */
export function contains(folder: string, path: string, paths: PlatformPath): boolean {
  const inside = paths.relative(folder, path);
  return inside === "" || (inside !== ".." && !inside.startsWith(`..${paths.sep}`) && !paths.isAbsolute(inside));
}
