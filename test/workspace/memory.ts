import { type PlatformPath, posix } from "node:path";
import { declaredKinds } from "../../server/src/document/declarations.js";
import type { Document, Macro } from "../../server/src/document/types.js";
import type { FolderEntry, ProjectFiles } from "../../server/src/workspace/files.js";
import { macrosIn } from "../../server/src/workspace/project.js";
import { finish, type IndexServices, WorkspaceIndex } from "../../server/src/workspace/workspace-index.js";

/** Files in memory that tell what was read of them. */
export class MemoryFiles implements ProjectFiles {
  readonly texts: Map<string, string>;
  readonly #paths: PlatformPath;
  readonly #versions = new Map<string, number>();
  /** Every path that was read, in order. */
  asked: string[] = [];

  constructor(texts: Readonly<Record<string, string>>, paths: PlatformPath = posix) {
    this.texts = new Map(Object.entries(texts));
    this.#paths = paths;
  }

  read(path: string): string | null {
    this.asked.push(path);
    return this.texts.get(this.#find(path) ?? "") ?? null;
  }

  stamp(path: string): string | null {
    return this.texts.has(this.#find(path) ?? "") ? String(this.#versions.get(path) ?? 0) : null;
  }

  list(folder: string): FolderEntry[] {
    const found = new Map<string, FolderEntry>();
    for (const path of this.texts.keys()) {
      const inside = this.#paths.relative(folder, path);
      if (inside.startsWith("..") || this.#paths.isAbsolute(inside)) continue;
      const [name, ...more] = inside.split(this.#paths.sep);
      found.set(name!, { name: name!, isFolder: more.length > 0 });
    }
    return [...found.values()];
  }

  /** Writes a file, as another program does. */
  write(path: string, text: string): void {
    this.texts.set(path, text);
    this.#versions.set(path, (this.#versions.get(path) ?? 0) + 1);
  }

  /** Windows finds a file whatever the case. */
  #find(path: string): string | undefined {
    if (this.#paths.sep === "/") return path;
    return [...this.texts.keys()].find((name) => name.toLowerCase() === path.toLowerCase());
  }
}

/** A workspace in memory, its folder `/p` unless another is given. */
export class Workspace {
  readonly files: MemoryFiles;
  readonly index: WorkspaceIndex;

  constructor(texts: Readonly<Record<string, string>>, services: Partial<IndexServices> = {}) {
    this.files = new MemoryFiles(texts, services.paths);
    this.index = new WorkspaceIndex({ folder: "/p", paths: posix, ...services, files: this.files });
  }

  /** Kinds that other files declare for a file. */
  names(path: string): Readonly<Record<string, string>> {
    return declaredKinds(this.index.context(path).declared);
  }

  /** The macros that hold in a file, name → body. */
  macros(path: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.macroList(path).map(({ name, body }) => [name, body]));
  }

  macroList(path: string): readonly Macro[] {
    return macrosIn(this.index.context(path), this.document(path).macros);
  }

  document(path: string): Document {
    return this.index.document(path)!;
  }

  /** Kinds and labels of the statements of a file. */
  statements(path: string): string[] {
    return this.document(path).statements.map(({ kind, label }) => (label === null ? kind : `${kind} ${label}`));
  }

  /** Looks through the whole folder. */
  scan(): readonly string[] {
    return finish(this.index.scan());
  }

  /** What other files of the project hold, all of them read. */
  elsewhere(path: string) {
    finish(this.index.load(path));
    return this.index.elsewhere(path, this.document(path));
  }

  /** Where the proof of the statement with this label is, and what it says. */
  proofOf(path: string, label: string): readonly [string, string] | null {
    const statement = this.document(path).statements.find((one) => one.label === label)!;
    const found = this.elsewhere(path).proof(statement);
    return found && [found.path, found.document.text.slice(found.proof.body.start, found.proof.body.end)];
  }

  /** Writes a file and lets the index look at it. Gives whether any answer may differ. */
  change(path: string, text: string): boolean {
    this.files.write(path, text);
    this.index.touch(path);
    return finish(this.index.settle());
  }
}
