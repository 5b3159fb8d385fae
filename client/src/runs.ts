import * as vscode from "vscode";
import type { LanguageClient, TextEdit } from "vscode-languageclient/node";
import { RunProgress } from "../../server/src/features/run-progress.js";
import {
  DecideRequest,
  ProofEditRequest,
  ProveRequest,
  RunEventsNotification,
  RunRequest,
  RunStartedNotification,
} from "../../server/src/protocol.js";
import { emptyRun } from "../../server/src/store/fold.js";
import type { Run } from "../../server/src/store/run.js";
import { ReasoningPanel } from "./panel/host.js";
import { ProofDiff } from "./proof-diff.js";
import { setUpModel } from "./set-up.js";
import type { StatusBar } from "./status-bar.js";

const REHEARSAL_NOTE = "Rehearsal model: it has memorised the sample theorems.";
const SET_UP = "Set Up Model";
const COPY = "Copy Proof";
/** The buttons of what helps. */
const REMEDIES: Readonly<Record<ProveRequest.Remedy, string>> = {
  setUp: SET_UP,
  retry: "Retry",
  wait: "Wait for It",
  less: "Use Less Memory",
  report: "Show Set-Up Information",
};

/** The runs of this window: begun, shown, stopped, and their proofs accepted or rejected. */
export class Runs implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #status: StatusBar;
  readonly #panel: ReasoningPanel;
  readonly #diff = new ProofDiff();
  /** What stops a request, by request. */
  readonly #going = new Map<string, vscode.CancellationTokenSource>();
  /** The request that began a run, by run, while it goes on. */
  readonly #requests = new Map<string, string>();
  readonly #progress = new Map<string, RunProgress>();
  #lastRequest = 0;
  #shown: string | null = null;

  constructor(client: LanguageClient, status: StatusBar, extensionUri: vscode.Uri) {
    this.#client = client;
    this.#status = status;
    this.#panel = new ReasoningPanel(extensionUri, (runId) => client.sendRequest(RunRequest.type, { runId }));
    client.onNotification(RunStartedNotification.type, (started) => this.#started(started));
    client.onNotification(RunEventsNotification.type, ({ runId, first, events }) => {
      this.#panel.events(runId, first, events);
      for (const event of events) this.#progress.get(runId)?.event(event);
    });
    this.#panel.onMessage((message) => {
      switch (message.type) {
        case "setUp":
          return void setUpModel();
        case "stop":
          return this.#cancel(message.runId);
        case "accept":
          return void this.accept(message.runId);
        case "showDiff":
          return void this.showDiff(message.runId);
        case "reject":
          return void this.reject(message.runId);
        case "copy":
          return void this.#copy(message.runId);
      }
    });
  }

  /** Proves the statement at a position; the author goes on writing meanwhile. */
  async prove(uri: vscode.Uri, position: vscode.Position, whenHeld?: "wait" | "less"): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    const requestId = String(++this.#lastRequest);
    this.#going.set(requestId, source);
    this.#status.running("starting");
    await setContext("running", true);
    try {
      const { line, character } = position;
      const params: ProveRequest.Params = {
        textDocument: { uri: uri.toString() },
        position: { line, character },
        requestId,
        ...(whenHeld === undefined ? {} : { whenHeld }),
      };
      const result = await this.#client.sendRequest(ProveRequest.type, params, source.token);
      await this.#ended(result, (answer) => void this.prove(uri, position, answer));
    } catch (error) {
      this.#status.idle("The run was ended.");
      if (!source.token.isCancellationRequested) {
        void vscode.window.showErrorMessage(`QED: ${error instanceof Error ? error.message : String(error)}`);
      }
    } finally {
      this.#forget(requestId);
      await setContext("running", this.#going.size > 0);
    }
  }

  /** Stops the run that is shown, or all if none is. */
  stop(): void {
    if (this.#shown !== null && this.#requests.has(this.#shown)) this.#cancel(this.#shown);
    else for (const source of this.#going.values()) source.cancel();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Puts the proof into its document as one edit that can be undone. */
  async accept(runId = this.#shown): Promise<void> {
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
    await showInText(edit.document.uri, edit.edits[0]);
  }

  async reject(runId = this.#shown): Promise<void> {
    if (runId === null) return;
    await this.#decide(runId, "rejected");
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    if (stored) await showInText(vscode.Uri.parse(stored.run.header.statement.uri), undefined);
  }

  async showDiff(runId = this.#shown): Promise<void> {
    if (runId === null) return;
    const edit = await this.#edit(runId);
    if (edit) await this.#diff.show(runId, edit.document, edit.edits);
  }

  dispose(): void {
    for (const source of this.#going.values()) source.cancel();
    this.#panel.dispose();
    this.#diff.dispose();
  }

  #started({ header, macros, requestId }: RunStartedNotification.Params): void {
    if (requestId !== null) this.#requests.set(header.id, requestId);
    this.#shown = header.id;
    void setContext("proposal", false);
    this.#progress.set(header.id, new RunProgress((doing) => this.#status.running(doing)));
    this.#panel.show({ run: emptyRun(header), events: 0, options: { macros, rehearsalNote: REHEARSAL_NOTE } });
  }

  /** @param again the same once more, with an answer for a model that another window holds */
  async #ended(
    { runId, outcome, setUp, remedies }: ProveRequest.Result,
    again: (whenHeld?: "wait" | "less") => void,
  ): Promise<void> {
    const message = "message" in outcome ? outcome.message : "";
    if (outcome.kind === "proved" || outcome.kind === "cut-short") {
      this.#status.proofReady();
      if (runId !== null) await this.#propose(runId);
      return;
    }
    this.#status.idle(message);
    if (outcome.kind === "cancelled") return;
    if (remedies.includes("report")) void vscode.commands.executeCommand("qed.showSetUpInformation");
    // The panel says it already, with the same button.
    if (remedies.length === 0 && runId !== null && runId === this.#shown && this.#panel.visible) return;
    const offered: readonly ProveRequest.Remedy[] = setUp ? ["setUp", ...remedies] : remedies;
    // Not awaited: the message may stay for hours, the run has ended.
    void vscode.window
      .showWarningMessage(`QED: ${message}`, ...offered.map((remedy) => REMEDIES[remedy]))
      .then((answer) => {
        switch (offered.find((remedy) => REMEDIES[remedy] === answer)) {
          case "setUp":
            return void setUpModel();
          case "retry":
            return again();
          case "wait":
            return again("wait");
          case "less":
            return again("less");
          case "report":
            return void vscode.commands.executeCommand("qed.showSetUpInformation");
        }
      });
  }

  /** Tells the panel what can be done with the proof, as the document is now. */
  async #propose(runId: string): Promise<void> {
    if (runId === this.#shown) await setContext("proposal", true);
    const edit = await this.#client.sendRequest(ProofEditRequest.type, { runId });
    const note =
      "problem" in edit
        ? edit.problem
        : edit.removed.length === 0
          ? ""
          : `Removed, since it could do harm: ${edit.removed.join("  ")}`;
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
      if ("uri" in edit) return { document, edits: edit.edits };
    }
    this.#panel.proposal({ runId, canAccept: false, note: edit.problem });
    void vscode.window.showWarningMessage(`QED: ${edit.problem}`, COPY).then((answer) => {
      if (answer === COPY) void this.#copy(runId);
    });
    return null;
  }

  async #decide(runId: string, decision: "accepted" | "rejected"): Promise<void> {
    await this.#client.sendRequest(DecideRequest.type, { runId, decision });
    this.#panel.decided(runId, decision);
    if (runId === this.#shown) await setContext("proposal", false);
    this.#status.idle(
      decision === "accepted" ? "The proof is in the text; nobody has checked it." : "The proof was rejected.",
    );
  }

  async #copy(runId: string): Promise<void> {
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    const answer: Run["answer"] = stored?.run.answer ?? null;
    if (answer) await vscode.env.clipboard.writeText(answer.text);
  }

  #cancel(runId: string): void {
    this.#going.get(this.#requests.get(runId) ?? "")?.cancel();
  }

  #forget(requestId: string): void {
    this.#going.get(requestId)?.dispose();
    this.#going.delete(requestId);
    for (const [runId, other] of this.#requests) {
      if (other !== requestId) continue;
      this.#requests.delete(runId);
      this.#progress.delete(runId);
    }
  }
}

/**
 * Back to the text: the panel's button has the focus, and the next file would open over the panel. To where the proof
 * is now, if it is there; else only where the text is open.
 */
async function showInText(uri: vscode.Uri, proof: TextEdit | undefined): Promise<void> {
  const isText = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  const groups = vscode.window.tabGroups.all.filter(({ tabs }) => tabs.some(isText));
  const group = groups.find(({ activeTab }) => activeTab && isText(activeTab)) ?? groups[0];
  if (!group && !proof) return;
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: group?.viewColumn ?? vscode.ViewColumn.One });
  if (proof) editor.revealRange(toRange(proof.range), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function toRange({
  start,
  end,
}: {
  start: vscode.Position | { line: number; character: number };
  end: { line: number; character: number };
}): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

async function setContext(key: "running" | "proposal", value: boolean): Promise<void> {
  await vscode.commands.executeCommand("setContext", `qed.${key}`, value);
}
