import * as vscode from "vscode";
import type { StatusNotification } from "../../server/src/protocol.js";

/** The one quiet place that always tells how the model is and what it does. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("qed.status", vscode.StatusBarAlignment.Right, 90);
  #model = "";

  constructor() {
    this.#item.name = "QED Copilot";
    this.#item.command = "qed.showReasoning";
    this.idle("Nothing is loaded. A model is loaded when you ask for a proof.");
    this.#item.show();
  }

  /** The model's state as the server tells it. */
  status({ model, rehearsal, message, state }: StatusNotification.Params): void {
    if (model !== "") this.#model = rehearsal ? "rehearsal model" : model;
    if (state === "failed") this.#set("$(warning)", "failed", message);
  }

  /** A run goes on; `doing` in a few words. */
  running(doing: string): void {
    this.#set("$(loading~spin)", doing, "Click to see the reasoning.");
  }

  /** A proof waits for a decision. */
  proofReady(): void {
    this.#set("$(check)", "proof ready", "A proof is there; nobody has checked it. Click to read it.");
  }

  /** Nothing goes on. */
  idle(tooltip: string): void {
    this.#set("$(circle-outline)", this.#model, tooltip);
  }

  dispose(): void {
    this.#item.dispose();
  }

  #set(icon: string, text: string, tooltip: string): void {
    this.#item.text = `${icon} QED${text === "" ? "" : `: ${text}`}`;
    this.#item.tooltip = tooltip;
  }
}
