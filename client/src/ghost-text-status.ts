import * as vscode from "vscode";

/** How long words stay, in milliseconds. */
const WORDS_MS = 8_000;

/** The place in the status bar that tells when the engine writes ghost text, and why there is none. Else it is hidden. */
export class GhostTextStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("qed.ghostText", vscode.StatusBarAlignment.Right, 89);
  #busy = false;
  #words = "";
  #timer: NodeJS.Timeout | null = null;

  constructor() {
    this.#item.name = "QED Copilot: Ghost Text";
  }

  /** The engine begins or ends to write. */
  busy(busy: boolean): void {
    this.#busy = busy;
    this.#show();
  }

  /** Says something to a person who asked, for some seconds. */
  say(words: string): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = words === "" ? null : setTimeout(() => this.say(""), WORDS_MS);
    this.#words = words;
    this.#show();
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#item.dispose();
  }

  #show(): void {
    if (this.#busy) this.#item.text = "$(loading~spin) QED writes";
    else this.#item.text = `$(info) ${this.#words}`;
    this.#item.tooltip = this.#words || "The model continues your proof.";
    if (this.#busy || this.#words !== "") this.#item.show();
    else this.#item.hide();
  }
}
