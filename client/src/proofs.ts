import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { DecideRequest, ProofEditRequest, RunRequest } from "../../server/src/protocol.js";
import type { Run } from "../../server/src/store/run.js";
import { setContext } from "./context-keys.js";
import { showInText, toRange } from "./in-text.js";
import type { ReasoningPanel } from "./panel/host.js";
import { ProofDiff } from "./proof-diff.js";
import type { StatusBar } from "./status-bar.js";

const COPY = "Copy Proof";

/** The proofs of runs: proposed, shown as a diff, accepted or rejected; by default that of the run that is shown. */
export class Proofs implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #status: StatusBar;
  readonly #panel: ReasoningPanel;
  readonly #diff = new ProofDiff();

  constructor(client: LanguageClient, status: StatusBar, panel: ReasoningPanel) {
    this.#client = client;
    this.#status = status;
    this.#panel = panel;
  }

  /** Puts the proof into its document as one edit that can be undone. */
  async accept(runId = this.#panel.shown): Promise<void> {
    if (runId === null) return;
    const edit = await this.#edit(runId);
    if (!edit) return;
    const workspaceEdit = new vscode.WorkspaceEdit();
    workspaceEdit.set(
      edit.document.uri,
      edit.edits.map(({ range, newText }) => vscode.TextEdit.replace(toRange(range), newText)),
    );
    if (!(await vscode.workspace.applyEdit(workspaceEdit))) {
      void vscode.window.showWarningMessage(
        "QED: The document could not be edited. Check that it is not read-only, then accept again.",
      );
      return;
    }
    await this.#decide(runId, "accepted");
    tellRemoved(edit.removed);
    await showInText(edit.document.uri, edit.edits[0]);
  }

  async reject(runId = this.#panel.shown): Promise<void> {
    if (runId === null) return;
    await this.#decide(runId, "rejected");
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    if (stored) await showInText(vscode.Uri.parse(stored.run.header.statement.uri), undefined);
  }

  async showDiff(runId = this.#panel.shown): Promise<void> {
    if (runId === null) return;
    const edit = await this.#edit(runId);
    if (!edit) return;
    await this.#diff.show(runId, edit.document, edit.edits, edit.removed);
    tellRemoved(edit.removed);
  }

  /** Tells the panel what can be done with the proof, as the document is now. */
  async propose(runId: string): Promise<void> {
    if (runId === this.#panel.shown) await setContext("proposal", true);
    const edit = await this.#client.sendRequest(ProofEditRequest.type, { runId });
    const note =
      "problem" in edit
        ? edit.problem
        : [...edit.labels.map((label) => `${label[0]?.toUpperCase()}${label.slice(1)}.`), removedNote(edit.removed)]
            .filter((words) => words !== "")
            .join(" ");
    this.#panel.proposal({ runId, canAccept: !("problem" in edit), note });
  }

  async #edit(runId: string) {
    let edit = await this.#client.sendRequest(ProofEditRequest.type, { runId });
    if ("uri" in edit) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(edit.uri));
      // The author typed between question and answer: ask once more for the text as it is now.
      if (edit.version !== null && document.version !== edit.version) {
        edit = await this.#client.sendRequest(ProofEditRequest.type, { runId });
      }
      if ("uri" in edit) return { document, edits: edit.edits, removed: edit.removed };
    }
    this.#panel.proposal({ runId, canAccept: false, note: edit.problem });
    void vscode.window.showWarningMessage(`QED: ${edit.problem}`, COPY).then((answer) => {
      if (answer === COPY) void this.copy(runId);
    });
    return null;
  }

  async #decide(runId: string, decision: "accepted" | "rejected"): Promise<void> {
    await this.#client.sendRequest(DecideRequest.type, { runId, decision });
    this.#panel.decided(runId, decision);
    if (runId === this.#panel.shown) await setContext("proposal", false);
    this.#status.idle(
      decision === "accepted" ? "The proof is in the text; nobody has checked it." : "The proof was rejected.",
    );
  }

  async copy(runId: string): Promise<void> {
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    const answer: Run["answer"] = stored?.run.answer ?? null;
    if (answer) await vscode.env.clipboard.writeText(answer.text);
  }

  dispose(): void {
    this.#diff.dispose();
  }
}

/** What was taken out of a proof, as one sentence; empty if nothing was. */
function removedNote(removed: readonly string[]): string {
  return removed.length === 0 ? "" : `Removed, since it could do harm: ${removed.join("  ")}`;
}

/** Says it where the panel may be out of sight. Not awaited: the message may stay for hours. */
function tellRemoved(removed: readonly string[]): void {
  if (removed.length > 0) void vscode.window.showWarningMessage(`QED: ${removedNote(removed).slice(0, 500)}`);
}
