import { dirname, join, relative, resolve, sep } from "node:path";
import { type Declarations, declarationsOf } from "../document/declarations.js";
import type { Macro, StatementKind } from "../document/types.js";

/** What the other files of a LaTeX project tell about one of them. */
export interface ProjectContext {
  readonly names: Readonly<Record<string, StatementKind>>;
  /** Macros in the order in which TeX reads them. */
  readonly macros: readonly Macro[];
}

/** The files of a project, injected: tests give them from memory. */
export interface ProjectFiles {
  /** The text of a file, or null if it isn't there or too large. */
  read(path: string): string | null;
  /** Names of the `.tex` files in a folder; empty if it can't be read. */
  texFiles(folder: string): readonly string[];
}

/** A context without other files. */
export const NO_PROJECT: ProjectContext = { names: {}, macros: [] };

/** Most files that are read for one document. */
const MOST_FILES = 200;

/**
 * Reads what a LaTeX file can use from its root document, the files that one includes, and packages and classes that
 * lie beside them. Only files below `folder` are read, each once; what is missing is passed over.
 * @param path absolute path of the file
 * @param folder absolute path of the project's folder
 */
export function projectContext(path: string, text: string, folder: string, files: ProjectFiles): ProjectContext {
  const reader = new Reader(resolve(folder), files);
  const own = declarationsOf(text);
  const root = own.isRoot ? path : (reader.named(own.root, path) ?? reader.rootOf(path));
  reader.visit(root ?? path, path, own);
  return { names: reader.names, macros: reader.macros };
}

class Reader {
  readonly names: Record<string, StatementKind> = {};
  readonly macros: Macro[] = [];
  readonly #folder: string;
  readonly #files: ProjectFiles;
  readonly #declarations = new Map<string, Declarations | null>();
  readonly #visited = new Set<string>();

  constructor(folder: string, files: ProjectFiles) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Collects from `path` and what it reads, in TeX's order; `self` is already known by `own`, and gives nothing itself. */
  visit(path: string, self: string, own: Declarations): void {
    if (this.#visited.has(path) || this.#visited.size >= MOST_FILES) return;
    this.#visited.add(path);
    const declarations = path === self ? own : this.#declarationsOf(path);
    if (!declarations) return;
    for (const name of declarations.packages) {
      for (const extension of [".sty", ".cls"]) this.visit(join(dirname(path), name + extension), self, own);
    }
    // Declarations of a file come before those it reads: kinds don't depend on the order, and later macros win.
    if (path !== self) {
      Object.assign(this.names, declarations.names);
      this.macros.push(...declarations.macros);
    }
    for (const name of declarations.files) {
      for (const base of new Set([dirname(path), this.#folder]))
        this.visit(withExtension(resolve(base, name)), self, own);
    }
  }

  /** The file named by a magic comment of `path`, if it is one that may be read. */
  named(name: string | null, path: string): string | null {
    const root = name === null ? null : withExtension(resolve(dirname(path), name));
    return root !== null && this.#declarationsOf(root) ? root : null;
  }

  /** A document in the folder of `path` or above it that reads `path`, directly or through others. */
  rootOf(path: string): string | null {
    for (let folder = dirname(path); this.#contains(folder); folder = dirname(folder)) {
      for (const name of this.#files.texFiles(folder).slice(0, MOST_FILES)) {
        const candidate = join(folder, name);
        if (candidate !== path && this.#declarationsOf(candidate)?.isRoot && this.#reads(candidate, path, new Set())) {
          return candidate;
        }
      }
      if (folder === dirname(folder)) break;
    }
    return null;
  }

  #reads(from: string, path: string, seen: Set<string>): boolean {
    if (seen.has(from) || seen.size >= MOST_FILES) return false;
    seen.add(from);
    return (this.#declarationsOf(from)?.files ?? []).some((name) => {
      const file = withExtension(resolve(dirname(from), name));
      return file === path || this.#reads(file, path, seen);
    });
  }

  #declarationsOf(path: string): Declarations | null {
    const known = this.#declarations.get(path);
    if (known !== undefined) return known;
    const text = this.#contains(path) && this.#declarations.size < MOST_FILES ? this.#files.read(path) : null;
    const declarations = text === null ? null : declarationsOf(text);
    this.#declarations.set(path, declarations);
    return declarations;
  }

  /** A document is a stranger's: it must not make us read files elsewhere. */
  #contains(path: string): boolean {
    const inside = relative(this.#folder, path);
    return inside === "" || (inside !== ".." && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside);
  }
}

function withExtension(path: string): string {
  return /\.[A-Za-z]+$/.test(path) ? path : `${path}.tex`;
}
