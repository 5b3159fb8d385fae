import nodePaths from "node:path";
import type { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { type LiveDocument, openDocument } from "../document/live.js";
import { syntaxOf } from "../document/syntax.js";
import type { Document, Macro, StatementKind } from "../document/types.js";
import { DISK_FILES } from "./disk-files.js";
import { contains, type ProjectFiles, pathKey } from "./files.js";
import { type Elsewhere, NOTHING_ELSEWHERE } from "./joined.js";
import { macrosIn, NO_PROJECT, type ProjectContext } from "./project.js";
import { type OpenFile, WorkspaceIndex } from "./workspace-index.js";

/** A document as an editor shows it, or as it is on disk if none does. */
export interface ReadDocument {
  readonly source: TextDocument;
  readonly document: Document;
  /** The macros that hold in it, those of the project's other files among them. */
  readonly macros: readonly Macro[];
  /** What the other files of its projects hold for it, as far as they have been read. */
  readonly elsewhere: Elsewhere;
  /** What the other files of its projects tell about it. */
  readonly context: ProjectContext;
  /** null if no editor has it open. */
  readonly version: number | null;
}

interface Kept {
  readonly source: TextDocument;
  readonly version: number;
  readonly parseKey: string;
  readonly live: LiveDocument;
}

/** How long nothing must be typed before other files are looked at again, in milliseconds. */
const PAUSE_MS = 400;

/**
 * The documents that editors have open, parsed when asked for and once a version, each in its project. Other files are
 * read in pauses: a keystroke waits for the parse of its own document and for nothing else.
 */
export class OpenDocuments {
  readonly #open: TextDocuments<TextDocument>;
  readonly #folders: () => readonly string[];
  readonly #onChanged: () => void;
  readonly #files: ProjectFiles;
  readonly #kept = new Map<string, Kept>();
  readonly #uris = new Map<string, string>();
  readonly #indexes = new Map<string, WorkspaceIndex>();
  readonly #scanned = new WeakSet<WorkspaceIndex>();
  #names: Readonly<Record<string, StatementKind>> = {};
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  /** Whether the client says which files change on disk; without that, saving makes all files be looked at. */
  watched = false;

  /**
   * @param folders URIs of the workspace's folders: no other file than those in them is read for a document
   * @param onChanged called when other files have changed what open documents say
   * @param files where files that are not open are read; the disk by default
   */
  constructor(
    open: TextDocuments<TextDocument>,
    folders: () => readonly string[],
    onChanged: () => void,
    files: ProjectFiles = DISK_FILES,
  ) {
    this.#files = files;
    this.#open = open;
    this.#folders = folders;
    this.#onChanged = onChanged;
    open.onDidOpen(({ document: { uri } }) => {
      const path = pathOf(uri);
      if (path !== null) this.#uris.set(pathKey(path, nodePaths), uri);
    });
    open.onDidChangeContent(({ document: { uri } }) => this.#touch(uri));
    open.onDidClose(({ document: { uri } }) => {
      this.#kept.delete(uri);
      const path = pathOf(uri);
      if (path !== null) this.#uris.delete(pathKey(path, nodePaths));
      this.#touch(uri);
    });
    open.onDidSave(({ document: { uri } }) => (this.watched ? this.#touch(uri) : this.#touchAll()));
  }

  /** The open document of that URI; null if it is not open or neither LaTeX nor Markdown. */
  get(uri: string): ReadDocument | null {
    const source = this.#open.get(uri);
    if (!source) return null;
    const syntax = syntaxOf(source.languageId) ?? syntaxOf(uri);
    if (syntax === null) return null;
    const path = syntax === "latex" ? pathOf(uri) : null;
    const index = path === null ? null : this.#indexOf(path);
    const context = index === null ? NO_PROJECT : index.context(path!);
    const parseKey = context.declaredKey + JSON.stringify(this.#names);
    let kept = this.#kept.get(uri);
    if (kept?.source !== source || kept.version !== source.version || kept.parseKey !== parseKey) {
      const text = source.getText();
      const live =
        kept?.parseKey === parseKey && kept.live.document.syntax === syntax
          ? kept.live.read(text)
          : openDocument(text, syntax, { names: this.#names, declared: context.declared });
      kept = { source, version: source.version, parseKey, live };
      this.#kept.set(uri, kept);
    }
    const { document } = kept.live;
    return withProject({ source, document, version: source.version }, context, () =>
      index === null ? NOTHING_ELSEWHERE : index.elsewhere(path!, document),
    );
  }

  /**
   * The same with all that its projects say now, whatever has to be read for that; a file that is not open is read from
   * disk. null if that can't be done.
   */
  async getOrRead(uri: string): Promise<ReadDocument | null> {
    const path = pathOf(uri);
    if (path === null || syntaxOf(path) === null) return this.get(uri);
    const index = this.#indexOf(path);
    if (!this.watched) index.touchAll();
    await inSlices(index.settle(path));
    await inSlices(index.load(path));
    const open = this.get(uri);
    if (open) return open;
    const document = index.document(path);
    if (!document) return null;
    const source = TextDocument.create(uri, document.syntax, 0, document.text);
    return withProject({ source, document, version: null }, index.context(path), () => index.elsewhere(path, document));
  }

  /** Environment names from the user's settings. Gives whether they differ from those before. */
  setNames(names: Readonly<Record<string, StatementKind>>): boolean {
    if (JSON.stringify(names) === JSON.stringify(this.#names)) return false;
    this.#names = names;
    return true;
  }

  /** Files that have changed, come or gone on disk, by their URIs. */
  filesChanged(uris: readonly string[]): void {
    for (const uri of uris) {
      // A folder that has gone takes its files with it.
      if (syntaxOf(uri) === null && !/\.\w+$/.test(uri)) this.#touchAll();
      else this.#touch(uri);
    }
  }

  #touch(uri: string): void {
    const path = pathOf(uri);
    if (path === null) return;
    this.#indexOf(path).touch(path);
    this.#later();
  }

  #touchAll(): void {
    for (const index of this.#indexes.values()) index.touchAll();
    this.#later();
  }

  #later(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#work = this.#work.then(() => this.#catchUp()).catch(() => {});
    }, PAUSE_MS).unref();
  }

  /** Looks at what was touched, and reads what the open documents' projects need. */
  async #catchUp(): Promise<void> {
    let changed = false;
    const folders = this.#folders().map(pathOf);
    for (const [folder, index] of this.#indexes) {
      changed = (await inSlices(index.settle())) || changed;
      if (this.#scanned.has(index) || !folders.some((path) => path !== null && pathKey(path, nodePaths) === folder))
        continue;
      this.#scanned.add(index);
      await inSlices(index.scan());
      changed = true;
    }
    for (const { uri, languageId } of this.#open.all()) {
      const path = syntaxOf(languageId) === "latex" ? pathOf(uri) : null;
      if (path !== null) changed = (await inSlices(this.#indexOf(path).load(path))) || changed;
    }
    if (changed) this.#onChanged();
  }

  /** The index of the innermost workspace folder around a file; else one of the file's own folder. */
  #indexOf(path: string): WorkspaceIndex {
    const around = this.#folders()
      .map(pathOf)
      .filter((folder) => folder !== null && contains(folder, path, nodePaths))
      .sort((a, b) => b!.length - a!.length);
    const folder = around[0] ?? nodePaths.dirname(path);
    const key = pathKey(folder, nodePaths);
    let index = this.#indexes.get(key);
    if (!index) {
      index = new WorkspaceIndex({
        files: this.#files,
        folder,
        names: () => this.#names,
        open: (file) => this.#openFile(file),
      });
      this.#indexes.set(key, index);
    }
    return index;
  }

  #openFile(path: string): OpenFile | null {
    const uri = this.#uris.get(pathKey(path, nodePaths));
    const source = uri === undefined ? undefined : this.#open.get(uri);
    const syntax = source && (syntaxOf(source.languageId) ?? syntaxOf(path));
    if (!source || !syntax) return null;
    return { text: source.getText(), version: source.version, document: () => this.get(uri!)!.document };
  }
}

/** The path of a URI with the scheme `file`, in this machine's way of writing; else null. */
function pathOf(uri: string): string | null {
  try {
    const { scheme, fsPath } = URI.parse(uri);
    return scheme === "file" ? nodePaths.normalize(fsPath) : null;
  } catch {
    return null;
  }
}

function withProject(
  read: Pick<ReadDocument, "source" | "document" | "version">,
  context: ProjectContext,
  others: () => Elsewhere,
): ReadDocument {
  let macros: readonly Macro[] | null = null;
  return {
    ...read,
    context,
    get macros() {
      macros ??= macrosIn(context, read.document.macros);
      return macros;
    },
    get elsewhere() {
      return others();
    },
  };
}

/** Takes the steps one by one and lets others go first between them. */
async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
