import type { PlatformPath } from "node:path";
import type { Declarations, DeclaredEnvironments } from "../document/declarations.js";
import type { Read } from "../document/reads.js";
import type { Macro } from "../document/types.js";
import { pathKey } from "./files.js";
import { candidates, importFolder, type Reader } from "./resolve.js";

/**
 * The declarations of a file; null if it isn't there or may not be read.
 * @param declarers macros of files read before that declare theorems where they are called
 */
export type DeclarationsOf = (path: string, declarers: readonly Macro[]) => Declarations | null;

/** What TeX reads for one root document, in its order. */
export interface RootReading {
  readonly root: string;
  /** Absolute paths, each once, in the order in which they are begun, the root first. */
  readonly files: readonly string[];
  /** Every macro definition with the key of its file. */
  readonly macros: readonly { readonly file: string; readonly macro: Macro }[];
  /** For the key of each file, how many of `macros` are read when it ends. */
  readonly ends: ReadonlyMap<string, number>;
  /**
   * What each file declares, in the order of their ends: what the root itself says comes last. Without a file's key,
   * what macros of other files declare.
   */
  readonly declared: readonly (DeclaredEnvironments & { readonly file: string })[];
  /** The packages and classes that are loaded, found or not. */
  readonly loads: readonly Load[];
}

/** A package or a class that a document loads. */
export type Load = Pick<Read, "kind" | "name">;

/** Most files that are read for one root. */
const MOST_FILES = 1_000;
/** Most places that are looked at for files of one root, found or not. */
const MOST_LOOKUPS = 20_000;
/** Deepest chain of files that read each other; TeX itself allows 15 by default. */
const DEEPEST = 40;

/** Follows what a root document reads. Files that read each other, and files that aren't there, are passed over. */
export function readRoot(root: string, declarationsOf: DeclarationsOf, paths: PlatformPath): RootReading {
  const files: string[] = [];
  const macros: { file: string; macro: Macro }[] = [];
  const ends = new Map<string, number>();
  const declared: (DeclaredEnvironments & { file: string })[] = [];
  const declarers = new Map<string, Macro>();
  const begun = new Set<string>();
  const rootFolder = paths.dirname(root);
  const searched: string[] = [];
  const loads = new Map<string, Load>();
  let lookups = 0;

  const visit = (path: string, imported: string | null, depth: number): boolean => {
    const key = pathKey(path, paths);
    if (begun.has(key)) return true;
    if (begun.size >= MOST_FILES || depth > DEEPEST || ++lookups > MOST_LOOKUPS) return false;
    const declarations = declarationsOf(path, []);
    if (!declarations) return false;
    begun.add(key);
    files.push(path);
    searched.push(...declarations.searched.map((folder) => paths.resolve(rootFolder, folder)));
    const from: Reader = { rootFolder, file: path, imported, searched };
    let next = 0;
    const define = (macro: Macro) => {
      macros.push({ file: key, macro });
      if (declarations.declarers.includes(macro)) declarers.set(macro.name, macro);
    };
    for (const read of declarations.reads) {
      for (; next < declarations.macros.length; next++) {
        const macro = declarations.macros[next]!;
        if (macro.start > read.start) break;
        define(macro);
      }
      follow(read, from, depth);
    }
    for (const macro of declarations.macros.slice(next)) define(macro);
    ends.set(key, macros.length);
    const { theorems, environments } = declarations;
    if (theorems.length + environments.length > 0) declared.push({ file: key, theorems, environments });
    // The file's own text does not say what macros of other files declare in it.
    const own = new Set(theorems.map(({ name }) => name));
    const all = declarers.size === 0 ? declarations : declarationsOf(path, [...declarers.values()]);
    const called = all?.theorems.filter(({ name }) => !own.has(name)) ?? [];
    if (called.length > 0) declared.push({ file: "", theorems: called, environments: [] });
    return true;
  };
  const follow = (read: Read, from: Reader, depth: number) => {
    if (read.kind !== "file") loads.set(`${read.kind} ${read.name}`, { kind: read.kind, name: read.name });
    const imported = importFolder(read, from, paths) ?? from.imported;
    candidates(read, from, paths).some((path) => visit(path, imported, depth + 1));
  };
  visit(root, null, 0);
  return { root, files, macros, ends, declared, loads: [...loads.values()] };
}
