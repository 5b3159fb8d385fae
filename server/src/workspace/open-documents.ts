import { readFile } from "node:fs/promises";
import type { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { parseDocument } from "../document/parse.js";
import { syntaxOf } from "../document/syntax.js";
import type { Document } from "../document/types.js";

/** A document as an editor shows it, or as it is on disk if none does. */
export interface ReadDocument {
  readonly source: TextDocument;
  readonly document: Document;
  /** null if no editor has it open. */
  readonly version: number | null;
}

/** The documents that editors have open, read when asked for and once a version. */
export class OpenDocuments {
  readonly #open: TextDocuments<TextDocument>;
  readonly #read = new Map<string, ReadDocument>();

  constructor(open: TextDocuments<TextDocument>) {
    this.#open = open;
    open.onDidClose(({ document }) => this.#read.delete(document.uri));
  }

  /** The open document of that URI; null if it is not open or neither LaTeX nor Markdown. */
  get(uri: string): ReadDocument | null {
    const source = this.#open.get(uri);
    if (!source) return null;
    const cached = this.#read.get(uri);
    if (cached?.source === source && cached.version === source.version) return cached;
    const syntax = syntaxOf(source.languageId) ?? syntaxOf(uri);
    if (syntax === null) return null;
    const read = { source, document: parseDocument(source.getText(), syntax), version: source.version };
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
        document: parseDocument(text, syntax),
        version: null,
      };
    } catch {
      return null;
    }
  }
}
