import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { parseDocument } from "../document/parse.js";
import { syntaxOf } from "../document/syntax.js";
import type { Document, Macro, Syntax } from "../document/types.js";
import { DISK_FILES } from "./disk-files.js";
import { NO_PROJECT, type ProjectContext, projectContext } from "./project.js";

/** A document as an editor shows it, or as it is on disk if none does. */
export interface ReadDocument {
  readonly source: TextDocument;
  readonly document: Document;
  /** The macros that hold in it, those of the project's other files first. */
  readonly macros: readonly Macro[];
  /** null if no editor has it open. */
  readonly version: number | null;
}

/** The documents that editors have open, read when asked for and once a version. */
export class OpenDocuments {
  readonly #open: TextDocuments<TextDocument>;
  readonly #folders: () => readonly string[];
  readonly #read = new Map<string, ReadDocument>();
  readonly #projects = new Map<string, ProjectContext>();

  /** @param folders URIs of the workspace's folders: no other file than those in them is read for a document */
  constructor(open: TextDocuments<TextDocument>, folders: () => readonly string[]) {
    this.#open = open;
    this.#folders = folders;
    open.onDidClose(({ document }) => this.#read.delete(document.uri));
    // A preamble may have changed.
    open.onDidSave(() => {
      this.#projects.clear();
      this.#read.clear();
    });
  }

  /** The open document of that URI; null if it is not open or neither LaTeX nor Markdown. */
  get(uri: string): ReadDocument | null {
    const source = this.#open.get(uri);
    if (!source) return null;
    const cached = this.#read.get(uri);
    if (cached?.source === source && cached.version === source.version) return cached;
    const syntax = syntaxOf(source.languageId) ?? syntaxOf(uri);
    if (syntax === null) return null;
    const read = { source, ...this.#parse(uri, source.getText(), syntax), version: source.version };
    this.#read.set(uri, read);
    return read;
  }

  /** The same, but a file that is not open is read from disk; null if that can't be done. */
  async getOrRead(uri: string): Promise<ReadDocument | null> {
    const open = this.get(uri);
    if (open) return open;
    const { scheme, fsPath } = URI.parse(uri);
    const syntax = syntaxOf(fsPath);
    if (scheme !== "file" || syntax === null) return null;
    try {
      const text = await readFile(fsPath, "utf8");
      return {
        source: TextDocument.create(uri, syntax, 0, text),
        ...this.#parse(uri, text, syntax),
        version: null,
      };
    } catch {
      return null;
    }
  }

  #parse(uri: string, text: string, syntax: Syntax): Pick<ReadDocument, "document" | "macros"> {
    const project = this.#project(uri, text, syntax);
    const document = parseDocument(text, syntax, { names: project.names });
    return { document, macros: [...project.macros, ...document.macros] };
  }

  #project(uri: string, text: string, syntax: Syntax): ProjectContext {
    const { scheme, fsPath } = URI.parse(uri);
    if (scheme !== "file" || syntax !== "latex") return NO_PROJECT;
    const known = this.#projects.get(uri);
    if (known) return known;
    const folder = this.#folders().find((candidate) => uri.startsWith(`${candidate}/`));
    const project = projectContext(fsPath, text, folder ? URI.parse(folder).fsPath : dirname(fsPath), DISK_FILES);
    this.#projects.set(uri, project);
    return project;
  }
}
