import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { RunEvent } from "../../../server/src/store/run.js";
import type { PageMessage, Proposal } from "../../../webview/src/channel.js";
import { pageHtml } from "./html.js";
import { pageMessage } from "./validate.js";
import { PanelView, type Shown, type ViewCallbacks } from "./view.js";

/** What a person asked for in the panel. */
export type PanelRequest = Exclude<PageMessage, { type: "ready" }>;

/**
 * The reasoning panel beside the text. It knows webviews and nothing of the server: what is shown comes by its
 * methods, what a person asks for goes out by {@link onMessage}. One for the extension's lifetime; the webview comes
 * and goes (closed, hidden, moved), and what was shown is shown again.
 */
export class ReasoningPanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #view: PanelView;
  readonly #messages = new vscode.EventEmitter<PanelRequest>();
  #panel: vscode.WebviewPanel | null = null;

  /** What a person asked for; only of the run that is shown. */
  readonly onMessage: vscode.Event<PanelRequest> = this.#messages.event;

  /**
   * @param extensionUri where `dist/webview/` is
   * @param fetch the run as it is on disk, for the case that events were missed
   */
  constructor(extensionUri: vscode.Uri, fetch: ViewCallbacks["fetch"]) {
    this.#extensionUri = extensionUri;
    this.#view = new PanelView({
      fetch,
      post: (message) => void this.#panel?.webview.postMessage(message),
      reload: () => this.#load(),
      now: () => Date.now(),
    });
  }

  /** Whether a person can see the page now. */
  get visible(): boolean {
    return this.#panel?.visible ?? false;
  }

  /** The id of the run that is shown, whether the page is open or not; null if none is. */
  get shown(): string | null {
    return this.#view.run?.header.id ?? null;
  }

  /** Opens the panel beside the text, or brings it to the front where it is; the focus stays in the text. */
  reveal(): void {
    if (this.#panel) {
      // Where the text has come to lie in the panel's own group, the panel gives way: it must not cover the text.
      const covers = this.#panel.viewColumn === vscode.window.activeTextEditor?.viewColumn;
      this.#panel.reveal(covers ? vscode.ViewColumn.Beside : undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      "qed.reasoning",
      "QED: Reasoning",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, enableFindWidget: true, localResourceRoots: [this.#dist] },
    );
    this.#panel = panel;
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = pageMessage(value);
      const request = message && this.#view.receive(message);
      if (request) this.#messages.fire(request);
    });
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away, and what is posted to it is lost.
      if (!panel.visible) this.#view.pageGone();
    });
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#view.pageGone();
    });
    this.#load();
  }

  /** Shows a run, opening the panel if it is closed. */
  show(shown: Shown): void {
    this.#view.show(shown);
    this.reveal();
  }

  /** More events of a run; those of a run that isn't shown are dropped. Doesn't open a panel that was closed. */
  events(runId: string, first: number, events: readonly RunEvent[]): void {
    this.#view.events(runId, first, events);
  }

  /** What the editor can do with the proof of the run that is shown. */
  proposal(proposal: Proposal): void {
    this.#view.proposal(proposal);
  }

  /** What became of the proof of the run that is shown. */
  decided(runId: string, decision: "accepted" | "rejected"): void {
    this.#view.decided(runId, decision);
  }

  /** Shows that there is no run. */
  clear(): void {
    this.#view.clear();
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#messages.dispose();
  }

  get #dist(): vscode.Uri {
    return vscode.Uri.joinPath(this.#extensionUri, "dist", "webview");
  }

  #load(): void {
    const webview = this.#panel?.webview;
    if (!webview) return;
    this.#view.pageGone();
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(this.#dist, "main.js")).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(this.#dist, "main.css")).toString(),
      nonce: randomBytes(16).toString("hex"),
      styleNonce: randomBytes(16).toString("hex"),
      language: vscode.env.language,
    });
  }
}
