import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { GhostTextItem } from "../../server/src/features/ghost-text/suggestion.js";
import { GhostTextBusyNotification, GhostTextRequest } from "../../server/src/protocol.js";
import { GhostTextStatus } from "./ghost-text-status.js";

/** Tells the server that this client asks by `qed/ghostText` and has a provider of its own. */
export const OWN_GHOST_TEXT = { ghostText: true };

/** How long a dismissed text isn't offered again where it was, in milliseconds; a person who asks by key gets it. */
const DISMISSED_MS = 60_000;

/** What was shown last. */
interface Shown {
  readonly uri: string;
  readonly offset: number;
  readonly items: readonly GhostTextItem[];
  /** Characters of an item that are in the text already, typed or accepted. */
  taken: number;
}

interface Dismissed {
  readonly uri: string;
  readonly offset: number;
  readonly texts: readonly string[];
  readonly until: number;
}

/**
 * Asks the server for ghost text when VS Code does, if the settings, the window's focus and the workspace's trust allow
 * it. Knows what was shown, taken as a whole or in part, and dismissed.
 */
export class GhostTextProvider implements vscode.InlineCompletionItemProvider, vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #status = new GhostTextStatus();
  readonly #disposables: vscode.Disposable[] = [];
  #shown: Shown | null = null;
  #dismissed: Dismissed | null = null;

  constructor(client: LanguageClient, languages: readonly string[]) {
    this.#client = client;
    const selector = languages.map((language) => ({ language }));
    this.#disposables.push(
      this.#status,
      vscode.languages.registerInlineCompletionItemProvider(selector, this),
      vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      vscode.window.onDidChangeActiveTextEditor(() => this.#forget()),
      client.onNotification(GhostTextBusyNotification.type, ({ busy }) => this.#status.busy(busy)),
    );
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const mode = vscode.workspace.getConfiguration("qed", document).get<string>("ghostText");
    if (mode === "off" || (mode !== "auto" && !invoked)) return [];
    if (!vscode.window.state.focused || !vscode.workspace.isTrusted) return [];
    const uri = document.uri.toString();
    const offset = document.offsetAt(position);
    const { line, character } = position;
    const result = await this.#client
      .sendRequest(GhostTextRequest.type, { textDocument: { uri }, position: { line, character }, invoked }, token)
      .catch(() => null);
    if (token.isCancellationRequested || result === null) return [];
    const items = invoked
      ? result.items
      : result.items.filter((item) => !this.#wasDismissed(document, offset, item.text));
    if (invoked) this.#status.say(result.why ?? result.items[0]?.tooltip ?? "");
    if (items.length === 0) {
      this.#forget();
      return [];
    }
    this.#shown = { uri, offset, items, taken: 0 };
    void vscode.commands.executeCommand("setContext", "qed.ghostTextShown", true);
    const range = new vscode.Range(position, position);
    // No command: VS Code would not ask again after such an item was accepted.
    return items.map(({ text }) => new vscode.InlineCompletionItem(text, range));
  }

  /** Asks as a person does by key. */
  async show(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document) return;
    if (vscode.workspace.getConfiguration("qed", document).get<string>("ghostText") === "off") {
      this.#status.say('Ghost text is off. Set "qed.ghostText" to "manual" or "auto".');
      return;
    }
    if (!vscode.workspace.isTrusted) {
      this.#status.say("Ghost text waits until you trust this workspace.");
      return;
    }
    this.#dismissed = null;
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
  }

  /** Hides what is shown; it isn't offered again there by itself. */
  async dismiss(): Promise<void> {
    const shown = this.#shown;
    if (shown) {
      const { uri, offset, items } = shown;
      this.#dismissed = { uri, offset, texts: items.map(({ text }) => text), until: Date.now() + DISMISSED_MS };
    }
    this.#forget();
    await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Whether a text is what was dismissed, or the rest of it behind what was typed since. */
  #wasDismissed(document: vscode.TextDocument, offset: number, text: string): boolean {
    const dismissed = this.#dismissed;
    if (!dismissed || dismissed.uri !== document.uri.toString() || Date.now() > dismissed.until) return false;
    if (offset < dismissed.offset || offset - dismissed.offset > 2_000) return false;
    const typed = document.getText(
      new vscode.Range(document.positionAt(dismissed.offset), document.positionAt(offset)),
    );
    const whole = typed + text;
    return dismissed.texts.some((one) => one.startsWith(whole) || whole.startsWith(one));
  }

  /** Follows what is typed or taken of what is shown; anything else ends it. */
  #changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const shown = this.#shown;
    if (!shown || contentChanges.length === 0 || shown.uri !== document.uri.toString()) return;
    const [change, ...more] = contentChanges;
    const at = shown.offset + shown.taken;
    const fits = (text: string) => text.slice(shown.taken).startsWith(change!.text.replaceAll("\r\n", "\n"));
    if (
      more.length > 0 ||
      change!.rangeOffset !== at ||
      change!.rangeLength > 0 ||
      !shown.items.some((i) => fits(i.text))
    ) {
      this.#forget();
      return;
    }
    shown.taken += change!.text.length;
    if (shown.items.every(({ text }) => text.length <= shown.taken)) this.#forget();
  }

  #forget(): void {
    if (!this.#shown) return;
    this.#shown = null;
    void vscode.commands.executeCommand("setContext", "qed.ghostTextShown", false);
  }
}
