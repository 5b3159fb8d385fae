import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { RunProgress } from "../../server/src/features/run-progress.js";
import {
  DecideRequest,
  ProofEditRequest,
  ProveRequest,
  ProveSeveralRequest,
  ResumeRequest,
  RunEventsNotification,
  RunRequest,
  RunStartedNotification,
  SummariseRequest,
} from "../../server/src/protocol.js";
import { emptyRun } from "../../server/src/store/fold.js";
import type { Run } from "../../server/src/store/run.js";
import type { ShowOptions } from "../../webview/src/channel.js";
import { showInText, toRange } from "./in-text.js";
import { ReasoningPanel } from "./panel/host.js";
import { ProofDiff } from "./proof-diff.js";
import type { StatusBar } from "./status-bar.js";

const REHEARSAL_NOTE = "Rehearsal model: it has memorised the sample theorems.";
const SET_UP = "Set Up Model";
const COPY = "Copy Proof";
const ANYWAY = "Prove Anyway";
const SUMMARISE = "Summarise and Continue";

/** In which way a statement is to be proved. */
export interface ProveHow {
  readonly differently?: boolean;
  /** Several runs at once. */
  readonly count?: number;
  /** Also where the statement is outside of what the model can do. */
  readonly force?: boolean;
  /** What to do about a model that another window holds. */
  readonly whenHeld?: "wait" | "less";
}

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
          return void vscode.commands.executeCommand("qed.setUpModel");
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
  async prove(uri: vscode.Uri, position: vscode.Position, how: ProveHow = {}): Promise<void> {
    const { line, character } = position;
    const place = { textDocument: { uri: uri.toString() }, position: { line, character } };
    const { count, ...more } = how;
    await this.#request(
      async (requestId, token) => {
        if (count === undefined) {
          const params: ProveRequest.Params = { ...place, ...more, requestId };
          return [await this.#client.sendRequest(ProveRequest.type, params, token)];
        }
        const params: ProveSeveralRequest.Params = { ...place, ...more, count, requestId };
        return (await this.#client.sendRequest(ProveSeveralRequest.type, params, token)).runs;
      },
      (more) => this.prove(uri, position, { ...how, ...more }),
    );
  }

  /** Lets the run that is shown go on where it stopped, or summarises its thought and begins anew. */
  async goOn(type: typeof ResumeRequest.type | typeof SummariseRequest.type, runId = this.#shown): Promise<void> {
    if (runId === null) return this.#nothingShown();
    if (this.#requests.has(runId) && type === ResumeRequest.type) {
      // One that is paused here: whoever began it hears of its end.
      const { runId: going, outcome } = await this.#client.sendRequest(type, { runId });
      if (going === null && "message" in outcome) void vscode.window.showWarningMessage(`QED: ${outcome.message}`);
      return;
    }
    await this.#request(async (requestId, token) => [
      await this.#client.sendRequest(type, { runId, requestId }, token),
    ]);
  }

  /** The run that is shown, for requests about it; null, said to the person, if none is. */
  shown(): string | null {
    if (this.#shown === null) this.#nothingShown();
    return this.#shown;
  }

  #nothingShown(): void {
    void vscode.window.showWarningMessage("QED: No run is shown. Put the cursor into a statement and prove it first.");
  }

  async #request(
    send: (requestId: string, token: vscode.CancellationToken) => Promise<readonly ProveRequest.Result[]>,
    again?: (more: ProveHow) => Promise<void>,
  ): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    const requestId = String(++this.#lastRequest);
    this.#going.set(requestId, source);
    this.#status.running("starting");
    await setContext("running", true);
    try {
      for (const result of await send(requestId, source.token)) await this.#ended(result, again);
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
    tellRemoved(edit.removed);
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
    if (!edit) return;
    await this.#diff.show(runId, edit.document, edit.edits, edit.removed);
    tellRemoved(edit.removed);
  }

  dispose(): void {
    for (const source of this.#going.values()) source.cancel();
    this.#panel.dispose();
    this.#diff.dispose();
  }

  #started({ header, macros, requestId, events }: RunStartedNotification.Params): void {
    if (requestId !== null) this.#requests.set(header.id, requestId);
    this.#shown = header.id;
    void setContext("proposal", false);
    this.#progress.set(header.id, new RunProgress((doing) => this.#status.running(doing)));
    const options = { macros, rehearsalNote: REHEARSAL_NOTE };
    this.#panel.show({ run: emptyRun(header), events: 0, options });
    // One that is resumed has a text already.
    if (events > 0) void this.#showStored(header.id, options);
  }

  async #showStored(runId: string, options: ShowOptions): Promise<void> {
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    if (stored && runId === this.#shown) this.#panel.show({ ...stored, options });
  }

  /** @param again the same once more, with an answer to what stood in its way */
  async #ended(
    { runId, outcome, setUp, offers, remedies }: ProveRequest.Result,
    again?: (more: ProveHow) => Promise<void>,
  ): Promise<void> {
    const message = "message" in outcome ? outcome.message : "";
    if (outcome.kind === "proved" || outcome.kind === "cut-short") {
      this.#status.proofReady();
      if (runId !== null) await this.#propose(runId);
      if (runId !== null && offers.includes("summarise")) this.#offerSummary(runId);
      return;
    }
    this.#status.idle(message);
    if (outcome.kind === "cancelled") return;
    if (again && "code" in outcome && outcome.code === "statement.out-of-domain") {
      void vscode.window.showWarningMessage(`QED: ${message}`, ANYWAY).then((answer) => {
        if (answer === ANYWAY) void again({ force: true });
      });
      return;
    }
    if (runId !== null && offers.includes("summarise")) this.#offerSummary(runId);
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
            return void vscode.commands.executeCommand("qed.setUpModel");
          case "retry":
            return void again?.({});
          case "wait":
            return void again?.({ whenHeld: "wait" });
          case "less":
            return void again?.({ whenHeld: "less" });
          case "report":
            return void vscode.commands.executeCommand("qed.showSetUpInformation");
        }
      });
  }

  /** Not awaited: the message may stay for hours. */
  #offerSummary(runId: string): void {
    const message =
      "QED: The thought was cut before its end. The model can summarise it and begin anew with that, in a run of its own.";
    void vscode.window.showInformationMessage(message, SUMMARISE).then((answer) => {
      if (answer === SUMMARISE) void this.goOn(SummariseRequest.type, runId);
    });
  }

  /** Tells the panel what can be done with the proof, as the document is now. */
  async #propose(runId: string): Promise<void> {
    if (runId === this.#shown) await setContext("proposal", true);
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

/** What was taken out of a proof, as one sentence; empty if nothing was. */
function removedNote(removed: readonly string[]): string {
  return removed.length === 0 ? "" : `Removed, since it could do harm: ${removed.join("  ")}`;
}

/** Says it where the panel may be out of sight. Not awaited: the message may stay for hours. */
function tellRemoved(removed: readonly string[]): void {
  if (removed.length > 0) void vscode.window.showWarningMessage(`QED: ${removedNote(removed).slice(0, 500)}`);
}

async function setContext(key: "running" | "proposal", value: boolean): Promise<void> {
  await vscode.commands.executeCommand("setContext", `qed.${key}`, value);
}
