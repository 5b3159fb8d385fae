import * as vscode from "vscode";
import type { TextEdit } from "vscode-languageclient/node";

const SCHEME = "qed-proof";

/** Shows what a document would be with a proof, side by side with what it is. */
export class ProofDiff implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "";
  }

  /** @param removed what was taken out of the model's text: it stands in neither of the two */
  async show(
    runId: string,
    document: vscode.TextDocument,
    edits: readonly TextEdit[],
    removed: readonly string[],
  ): Promise<void> {
    const name = document.uri.path.slice(document.uri.path.lastIndexOf("/") + 1);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${runId}/${name}` });
    this.#texts.set(uri.toString(), withEdits(document, edits));
    this.#changed.fire(uri);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const taken =
      removed.length === 0 ? "" : `, ${removed.length} dangerous piece${removed.length === 1 ? "" : "s"} removed`;
    await vscode.commands.executeCommand(
      "vscode.diff",
      document.uri,
      uri,
      `${name} ↔ with the proof (not checked${taken})`,
      {
        viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
        preview: true,
      },
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

function withEdits(document: vscode.TextDocument, edits: readonly TextEdit[]): string {
  const offset = ({ line, character }: TextEdit["range"]["start"]) =>
    document.offsetAt(new vscode.Position(line, character));
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (text, { range, newText }) => text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end)),
      document.getText(),
    );
}
