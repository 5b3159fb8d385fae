import type { PlatformPath } from "node:path";
import type { Declarations } from "../document/declarations.js";
import { contains, pathKey } from "./files.js";
import type { RootReading } from "./reading.js";
import { namedRoot } from "./resolve.js";

/** What the search for roots asks of the index. */
export interface RootSearch {
  readonly folder: string;
  readonly paths: PlatformPath;
  declarations(path: string): Declarations | null;
  reading(root: string): RootReading;
  /** Absolute paths of the documents that begin in a folder itself. */
  rootsIn(folder: string): readonly string[];
  /** Absolute paths of the LaTeX files in a folder, packages included. */
  texFiles(folder: string): readonly string[];
  /** Roots anywhere in the workspace, as far as it has been looked through. */
  readonly known: readonly string[];
}

/** Most steps from a part to the part that names its root. */
const MOST_STEPS = 8;

/** What authors call the file that declares things for the others. */
const COMPANION =
  /^(?:preamble|macros?|commands?|defs?|definitions?|header|theorems?|notations?|shortcuts)\.(?:tex|sty)$/i;

/**
 * The documents that a file belongs to, its own first: the one that it names itself, or itself if it begins one; then
 * those that read it, in its folder, in those above, and wherever else in the workspace. A file that nothing reads is
 * its own root, and takes what a file called `preamble`, `macros` or the like declares that lies beside or above it.
 */
export function rootsOf(path: string, search: RootSearch): string[] {
  const { paths, folder, known } = search;
  const self = pathKey(path, paths);
  const roots = new Map<string, string>();
  const add = (root: string) => {
    const key = pathKey(root, paths);
    if (!roots.has(key)) roots.set(key, root);
  };
  const named = namedBy(path, search);
  if (named !== null) add(named);
  else if (search.declarations(path)?.isRoot) add(path);
  const reads = (root: string) => pathKey(root, paths) === self || search.reading(root).ends.has(self);
  for (let above = paths.dirname(path); contains(folder, above, paths); above = paths.dirname(above)) {
    search.rootsIn(above).filter(reads).forEach(add);
    if (above === paths.dirname(above)) break;
  }
  known.filter(reads).forEach(add);
  if (roots.size === 0) {
    add(path);
    companionsOf(path, search).forEach(add);
  }
  return [...roots.values()];
}

function companionsOf(path: string, { folder, paths, texFiles }: RootSearch): readonly string[] {
  for (let above = paths.dirname(path); contains(folder, above, paths); above = paths.dirname(above)) {
    const found = texFiles(above).filter((file) => COMPANION.test(paths.basename(file)));
    if (found.length > 0 || above === paths.dirname(above)) return found;
  }
  return [];
}

function namedBy(path: string, search: RootSearch): string | null {
  const seen = new Set<string>();
  let at = path;
  for (let step = 0; step < MOST_STEPS && !seen.has(pathKey(at, search.paths)); step++) {
    seen.add(pathKey(at, search.paths));
    const name = search.declarations(at)?.root ?? null;
    const next =
      name === null ? undefined : namedRoot(name, at, search.paths).find((root) => search.declarations(root));
    if (next === undefined) return step === 0 ? null : at;
    at = next;
  }
  return at;
}
