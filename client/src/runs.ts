import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { RunProgress } from "../../server/src/features/run-progress.js";
import {
  ProveRequest,
  ProveSeveralRequest,
  ResumeRequest,
  RunEventsNotification,
  RunRequest,
  RunStartedNotification,
  SummariseRequest,
} from "../../server/src/protocol.js";
import { emptyRun } from "../../server/src/store/fold.js";
import type { ShowOptions } from "../../webview/src/channel.js";
import { setContext } from "./context-keys.js";
import { ReasoningPanel } from "./panel/host.js";
import { Proofs } from "./proofs.js";
import { type Again, offerAnyway, offerRemedies, offerSummary, type ProveHow } from "./run-messages.js";
import type { StatusBar } from "./status-bar.js";

const REHEARSAL_NOTE = "Rehearsal model: it has memorised the sample theorems.";

/** The runs of this window: begun, shown, stopped. */
export class Runs implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #status: StatusBar;
  readonly #panel: ReasoningPanel;
  readonly proofs: Proofs;
  /** What stops a request, by request. */
  readonly #going = new Map<string, vscode.CancellationTokenSource>();
  /** The request that began a run, by run, while it goes on. */
  readonly #requests = new Map<string, string>();
  readonly #progress = new Map<string, RunProgress>();
  #lastRequest = 0;

  constructor(client: LanguageClient, status: StatusBar, extensionUri: vscode.Uri) {
    this.#client = client;
    this.#status = status;
    this.#panel = new ReasoningPanel(extensionUri, (runId) => client.sendRequest(RunRequest.type, { runId }));
    this.proofs = new Proofs(client, status, this.#panel);
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
          return void this.proofs.accept(message.runId);
        case "showDiff":
          return void this.proofs.showDiff(message.runId);
        case "reject":
          return void this.proofs.reject(message.runId);
        case "copy":
          return void this.proofs.copy(message.runId);
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
  async goOn(
    type: typeof ResumeRequest.type | typeof SummariseRequest.type,
    runId = this.#panel.shown,
    whenHeld?: ProveHow["whenHeld"],
  ): Promise<void> {
    if (runId === null) return this.#nothingShown();
    if (this.#requests.has(runId) && type === ResumeRequest.type) {
      // One that is paused here: whoever began it hears of its end.
      const { runId: going, outcome } = await this.#client.sendRequest(type, { runId });
      if (going === null && "message" in outcome) void vscode.window.showWarningMessage(`QED: ${outcome.message}`);
      return;
    }
    const held = whenHeld === undefined ? {} : { whenHeld };
    await this.#request(
      async (requestId, token) => [await this.#client.sendRequest(type, { runId, requestId, ...held }, token)],
      (more) => this.goOn(type, runId, more.whenHeld),
    );
  }

  /** The run that is shown, for requests about it; null, said to the person, if none is. */
  shown(): string | null {
    if (this.#panel.shown === null) this.#nothingShown();
    return this.#panel.shown;
  }

  #nothingShown(): void {
    void vscode.window.showWarningMessage("QED: No run is shown. Put the cursor into a statement and prove it first.");
  }

  async #request(
    send: (requestId: string, token: vscode.CancellationToken) => Promise<readonly ProveRequest.Result[]>,
    again: Again,
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
    const { shown } = this.#panel;
    if (shown !== null && this.#requests.has(shown)) this.#cancel(shown);
    else for (const source of this.#going.values()) source.cancel();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    for (const source of this.#going.values()) source.cancel();
    this.#panel.dispose();
    this.proofs.dispose();
  }

  #started({ header, macros, requestId, events }: RunStartedNotification.Params): void {
    if (requestId !== null) this.#requests.set(header.id, requestId);
    void setContext("proposal", false);
    this.#progress.set(header.id, new RunProgress((doing) => this.#status.running(doing)));
    const options = { macros, rehearsalNote: REHEARSAL_NOTE };
    this.#panel.show({ run: emptyRun(header), events: 0, options });
    // One that is resumed has a text already.
    if (events > 0) void this.#showStored(header.id, options);
  }

  async #showStored(runId: string, options: ShowOptions): Promise<void> {
    const stored = await this.#client.sendRequest(RunRequest.type, { runId });
    if (stored && runId === this.#panel.shown) this.#panel.show({ ...stored, options });
  }

  async #ended({ runId, outcome, offers, remedies }: ProveRequest.Result, again: Again): Promise<void> {
    const message = "message" in outcome ? outcome.message : "";
    const isProof = outcome.kind === "proved" || outcome.kind === "cut-short";
    if (isProof) {
      this.#status.proofReady();
      if (runId !== null) await this.proofs.propose(runId);
    } else {
      this.#status.idle(message);
      if (outcome.kind === "cancelled") return;
      if ("code" in outcome && outcome.code === "statement.out-of-domain") return offerAnyway(message, again);
    }
    if (runId !== null && offers.includes("summarise")) {
      offerSummary(() => this.goOn(SummariseRequest.type, runId));
    }
    if (isProof) return;
    if (remedies.includes("report")) void vscode.commands.executeCommand("qed.showSetUpInformation");
    // The panel says it already, with the same button.
    const isTold = runId !== null && runId === this.#panel.shown && this.#panel.visible;
    if (isTold && remedies.every((remedy) => remedy === "setUp")) return;
    offerRemedies(message, remedies, again);
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
