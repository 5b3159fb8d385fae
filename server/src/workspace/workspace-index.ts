import nodePaths, { type PlatformPath } from "node:path";
import type { Declarations } from "../document/declarations.js";
import { parseDocument } from "../document/parse.js";
import { syntaxOf } from "../document/syntax.js";
import type { Document, Macro, StatementKind } from "../document/types.js";
import { EntryTable } from "./entry-table.js";
import { contains, type ProjectFiles, pathKey } from "./files.js";
import { type Elsewhere, elsewhere, type ProjectDocument } from "./joined.js";
import { contextOf, NO_PROJECT, type ProjectContext } from "./project.js";
import { type RootReading, readRoot } from "./reading.js";
import { rootsOf } from "./roots.js";

/** What an index is made of. */
export interface IndexServices {
  readonly files: ProjectFiles;
  /** Absolute path of the workspace's folder: nothing outside it is read. */
  readonly folder: string;
  /** The rules for paths; those of this machine by default. */
  readonly paths?: PlatformPath;
  /** A file as an editor shows it, before what is on disk; null if none does. */
  readonly open?: (path: string) => OpenFile | null;
  /** Environment names from a setting. */
  readonly names?: () => Readonly<Record<string, StatementKind>>;
}

/** A file that an editor has open. */
export interface OpenFile {
  readonly text: string;
  readonly version: number;
  /** Its document, parsed in its project. */
  document(): Document;
}

/** Most files that are looked at when a workspace is looked through, and how deep. */
const MOST_FILES = 3_000;
const DEEPEST = 12;
/** Most roots in one folder: a folder of hundreds of letters is no book. */
const MOST_ROOTS = 200;

/**
 * The LaTeX projects of one workspace folder. Everything is read when it is first asked for and kept until
 * {@link touch} says that it may have changed and {@link settle} has looked. What is asked for between the two is
 * answered as it was, so that typing in one file waits for no other.
 */
export class WorkspaceIndex {
  readonly #services: IndexServices;
  readonly #paths: PlatformPath;
  readonly #entries: EntryTable;
  readonly #dirty = new Map<string, string>();
  readonly #readings = new Map<string, RootReading>();
  readonly #contexts = new Map<string, ProjectContext>();
  readonly #roots = new Map<string, readonly string[]>();
  #scanned: readonly string[] | null = null;

  constructor(services: IndexServices) {
    this.#services = services;
    this.#paths = services.paths ?? nodePaths;
    const { files, folder } = services;
    this.#entries = new EntryTable(this.#paths, {
      read: (path) => {
        if (!contains(folder, path, this.#paths)) return null;
        return services.open?.(path)?.text ?? files.read(path, folder);
      },
      stamp: (path) => {
        const version = services.open?.(path)?.version;
        return version === undefined ? files.stamp(path) : `open ${version}`;
      },
    });
  }

  /** What the other files of its projects tell about a file; the same value until something of it changes. */
  context(path: string): ProjectContext {
    const key = pathKey(path, this.#paths);
    const known = this.#contexts.get(key);
    if (known) return known;
    const context = this.#contextOf(path);
    this.#contexts.set(key, context);
    return context;
  }

  /** The document of a file in its project; null if it isn't there or is neither LaTeX nor Markdown. */
  document(path: string): Document | null {
    const open = this.#services.open?.(path);
    if (open) return open.document();
    const syntax = syntaxOf(path);
    if (syntax === null) return null;
    const { declared } = this.context(path);
    const names = this.#names();
    return this.#entries.document(path, this.#parseKey(path), (text) =>
      parseDocument(text, syntax, { names, declared }),
    );
  }

  /**
   * What the other files of its projects hold for a document, as far as they have been parsed: {@link load} parses
   * those that are not.
   */
  elsewhere(path: string, document: Document): Elsewhere {
    const others = this.context(path).files.flatMap((file): ProjectDocument[] => {
      const known = this.#services.open?.(file)?.document() ?? this.#entries.parsed(file);
      return known ? [{ path: file, document: known }] : [];
    });
    return elsewhere({ path, document }, others);
  }

  /** Parses what is not parsed yet of a file's projects, one file a step. Gives whether there was anything to do. */
  *load(path: string): Generator<void, boolean> {
    let worked = false;
    for (const file of this.context(path).files) {
      if (!/\.(?:tex|ltx)$/i.test(file) || this.#services.open?.(file)) continue;
      if (this.#entries.parsed(file, this.#parseKey(file))) continue;
      this.document(file);
      worked = true;
      yield;
    }
    return worked;
  }

  /** Looks through the whole folder for documents that may read any file, one file a step. */
  *scan(): Generator<void, readonly string[]> {
    const found: string[] = [];
    const roots: string[] = [];
    const folders: { path: string; depth: number }[] = [{ path: this.#services.folder, depth: 0 }];
    for (let next = folders.shift(); next && found.length < MOST_FILES; next = folders.shift()) {
      const { path: folder, depth } = next;
      for (const { name, isFolder } of this.#services.files.list(folder)) {
        const path = this.#paths.join(folder, name);
        if (isFolder) {
          if (depth < DEEPEST && folders.length < MOST_FILES && !/^(?:\.|node_modules$)/.test(name)) {
            folders.push({ path, depth: depth + 1 });
          }
        } else if (syntaxOf(name) !== null && found.length < MOST_FILES) {
          found.push(path);
          if (/\.(?:tex|ltx)$/i.test(name) && this.#entries.isRoot(path)) roots.push(path);
          yield;
        }
      }
      yield;
    }
    if (JSON.stringify(roots) !== JSON.stringify(this.#scanned ?? [])) this.#forget();
    this.#scanned = roots;
    return found;
  }

  /** Says that a file may have changed, come or gone. Cheap: it is looked at when things settle. */
  touch(path: string): void {
    this.#dirty.set(pathKey(path, this.#paths), path);
  }

  /** Says the same of every file that was read so far: for clients that watch nothing. */
  touchAll(): void {
    for (const path of this.#entries.paths()) this.touch(path);
  }

  /**
   * Looks at what was touched, one file a step; only what differs is read again. Gives whether any answer may differ.
   * @param except a file that can wait: what is asked about itself does not hang on it
   */
  *settle(except: string | null = null): Generator<void, boolean> {
    let changed = false;
    for (const [key, path] of [...this.#dirty]) {
      if (path === except) continue;
      this.#dirty.delete(key);
      const known = this.#entries.has(path);
      const change = this.#entries.refresh(path);
      changed ||= change !== "none";
      const mayRead = /\.(?:tex|ltx)$/i.test(path);
      if (change === "declarations" || (!known && mayRead && this.#entries.isRoot(path))) {
        if (this.#scanned) this.#scanned = this.#rescanned(path);
        this.#forget();
        changed = true;
      }
      yield;
    }
    return changed;
  }

  #names(): Readonly<Record<string, StatementKind>> {
    return this.#services.names?.() ?? {};
  }

  /** What the parse of a file depends on besides its text. */
  #parseKey(path: string): string {
    return this.context(path).declaredKey + JSON.stringify(this.#names());
  }

  #rescanned(path: string): readonly string[] {
    const key = pathKey(path, this.#paths);
    const others = (this.#scanned ?? []).filter((root) => pathKey(root, this.#paths) !== key);
    return this.#entries.isRoot(path) ? [...others, path].sort() : others;
  }

  #forget(): void {
    this.#readings.clear();
    this.#contexts.clear();
    this.#roots.clear();
  }

  #contextOf(path: string): ProjectContext {
    if (syntaxOf(path) !== "latex" || !contains(this.#services.folder, path, this.#paths)) return NO_PROJECT;
    const roots = rootsOf(path, {
      folder: this.#services.folder,
      paths: this.#paths,
      declarations: (file) => this.#declarations(file),
      reading: (root) => this.#reading(root),
      rootsIn: (folder) => this.#rootsIn(folder),
      texFiles: (folder) => this.#texFiles(folder),
      known: this.#scanned ?? [],
    });
    return contextOf(
      path,
      roots.map((root) => this.#reading(root)),
      this.#paths,
    );
  }

  #reading(root: string): RootReading {
    const key = pathKey(root, this.#paths);
    let reading = this.#readings.get(key);
    if (!reading) {
      reading = readRoot(root, (path, declarers) => this.#declarations(path, declarers), this.#paths);
      this.#readings.set(key, reading);
    }
    return reading;
  }

  #texFiles(folder: string): readonly string[] {
    return this.#services.files
      .list(folder)
      .filter(({ name, isFolder }) => !isFolder && /\.(?:tex|ltx|sty)$/i.test(name))
      .slice(0, MOST_FILES)
      .map(({ name }) => this.#paths.join(folder, name));
  }

  #rootsIn(folder: string): readonly string[] {
    let roots = this.#roots.get(folder);
    if (!roots) {
      roots = this.#texFiles(folder)
        .filter((path) => /\.(?:tex|ltx)$/i.test(path) && this.#entries.isRoot(path))
        .slice(0, MOST_ROOTS);
      this.#roots.set(folder, roots);
    }
    return roots;
  }

  #declarations(path: string, declarers: readonly Macro[] = []): Declarations | null {
    return this.#entries.declarations(path, declarers);
  }
}

/** Takes all steps at once. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
