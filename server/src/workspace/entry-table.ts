import type { PlatformPath } from "node:path";
import { type Declarations, declarationsOf } from "../document/declarations.js";
import type { Document, Macro } from "../document/types.js";
import { pathKey } from "./files.js";

/** Where the table has texts from. */
export interface TextSource {
  /** The text of a file as it is now, or null. */
  read(path: string): string | null;
  /** Changes whenever the text does; null if the file isn't there. */
  stamp(path: string): string | null;
}

interface Entry {
  readonly path: string;
  stamp: string | null;
  /** undefined: not read yet. */
  declarations: Declarations | null | undefined;
  signature: string;
  /** Whether the text has `\documentclass`; undefined: not looked at. */
  mayBeRoot: boolean | undefined;
  /** The declarations with those that macros of other files make here, for these macros. */
  called: { readonly by: string; readonly declarations: Declarations } | null;
  document: { readonly key: string; readonly document: Document } | null;
}

/** Most files that are kept, those that aren't there included. */
const MOST_ENTRIES = 20_000;

/** What is known of each file: its declarations and its document, each made when first asked for and kept. */
export class EntryTable {
  readonly #paths: PlatformPath;
  readonly #source: TextSource;
  readonly #entries = new Map<string, Entry>();

  constructor(paths: PlatformPath, source: TextSource) {
    this.#paths = paths;
    this.#source = source;
  }

  /** Whether a file has been looked at, be it there or not. */
  has(path: string): boolean {
    return this.#entries.has(pathKey(path, this.#paths));
  }

  /** All files that have been looked at. */
  paths(): string[] {
    return [...this.#entries.values()].map(({ path }) => path);
  }

  /** The declarations of a file, null if it isn't there; `declarers` are macros that may declare theorems in it. */
  declarations(path: string, declarers: readonly Macro[] = []): Declarations | null {
    const entry = this.#entry(path);
    const declarations = this.#own(entry);
    if (declarations === null || declarers.length === 0) return declarations;
    const by = declarers.map(({ declaration }) => declaration).join("\n");
    if (entry.called?.by !== by) {
      const text = this.#source.read(path) ?? "";
      const calls = declarers.filter(({ name }) => text.includes(name));
      entry.called = { by, declarations: calls.length > 0 ? declarationsOf(text, calls) : declarations };
    }
    return entry.called.declarations;
  }

  /** Whether a file begins a document of its own. */
  isRoot(path: string): boolean {
    const entry = this.#entry(path);
    if (entry.declarations === undefined) {
      entry.mayBeRoot ??= this.#source.read(path)?.includes("\\documentclass") ?? false;
      if (!entry.mayBeRoot) return false;
    }
    return this.#own(entry)?.isRoot ?? false;
  }

  /** The document of a file, parsed by `parse` unless it was for the same `key`; null if the file isn't there. */
  document(path: string, key: string, parse: (text: string) => Document): Document | null {
    const entry = this.#entry(path);
    if (entry.document?.key !== key) {
      const text = this.#source.read(path);
      entry.document = text === null ? null : { key, document: parse(text) };
    }
    return entry.document?.document ?? null;
  }

  /** The document of a file if it has been parsed as it is now: for this `key`, or without one for any. */
  parsed(path: string, key?: string): Document | null {
    const known = this.#entries.get(pathKey(path, this.#paths))?.document;
    return known && (key === undefined || known.key === key) ? known.document : null;
  }

  /** Looks at a file again: whether nothing, only its text, or what it declares and reads has changed. */
  refresh(path: string): "none" | "text" | "declarations" {
    const entry = this.#entries.get(pathKey(path, this.#paths));
    if (!entry) return "none";
    const stamp = this.#source.stamp(path);
    if (stamp === entry.stamp) return "none";
    const before = entry.declarations === undefined ? null : entry.signature;
    const passedOver = entry.mayBeRoot === false;
    entry.stamp = stamp;
    entry.mayBeRoot = undefined;
    entry.called = null;
    entry.document = null;
    entry.declarations = undefined;
    if (before === null) return passedOver && this.isRoot(path) ? "declarations" : "text";
    this.#own(entry);
    return entry.signature === before ? "text" : "declarations";
  }

  #own(entry: Entry): Declarations | null {
    if (entry.declarations === undefined) {
      const text = this.#source.read(entry.path);
      entry.declarations = text === null ? null : declarationsOf(text);
      entry.signature = signatureOf(entry.declarations);
    }
    return entry.declarations;
  }

  #entry(path: string): Entry {
    const key = pathKey(path, this.#paths);
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size >= MOST_ENTRIES) this.#entries.clear();
      const stamp = this.#source.stamp(path);
      entry = {
        path,
        stamp,
        declarations: undefined,
        signature: "",
        mayBeRoot: undefined,
        called: null,
        document: null,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

/** What other files can notice of a file's declarations: where exactly they stand does not matter, their order does. */
function signatureOf(declarations: Declarations | null): string {
  if (!declarations) return "";
  const { theorems, environments, macros, reads, searched, root, isRoot } = declarations;
  const order = [
    ...macros.map(({ declaration, start }) => ({ start, what: declaration })),
    ...reads.map(({ start, ...read }) => ({ start, what: read })),
  ].sort((a, b) => a.start - b.start);
  return JSON.stringify([theorems, environments, order.map(({ what }) => what), searched, root, isRoot]);
}
