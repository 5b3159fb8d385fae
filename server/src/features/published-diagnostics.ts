import type { Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver";

/**
 * The diagnostics that an editor shows for each document. The protocol knows one list a document; this one is joined of
 * the lists of several owners, so that each may publish without knowing of the others.
 */
export class PublishedDiagnostics {
  readonly #send: (params: PublishDiagnosticsParams) => void;
  readonly #lists = new Map<string, Map<string, readonly Diagnostic[]>>();

  constructor(send: (params: PublishDiagnosticsParams) => void) {
    this.#send = send;
  }

  /** Replaces what `owner` says of a document. Sends nothing where nothing was and nothing is. */
  publish(uri: string, version: number, owner: string, diagnostics: readonly Diagnostic[]): void {
    const lists = this.#lists.get(uri) ?? new Map<string, readonly Diagnostic[]>();
    if (diagnostics.length === 0 && (lists.get(owner) ?? []).length === 0) return;
    lists.set(owner, diagnostics);
    this.#lists.set(uri, lists);
    this.#send({ uri, version, diagnostics: [...lists.values()].flat() });
  }

  /** Takes all of a document away, as when it is closed. */
  clear(uri: string): void {
    if (this.#lists.delete(uri)) this.#send({ uri, diagnostics: [] });
  }
}
