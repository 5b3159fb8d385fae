import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { ServerKeyRequest } from "../../server/src/protocol.js";

/** What the server is told at its start, so that it asks here for keys. */
export const KEEPS_KEYS = { serverKeys: true } as const;

/** Gives the language server the key that is kept for an origin, whenever it is about to use it. */
export function answerKeys(client: LanguageClient, secrets: vscode.SecretStorage): vscode.Disposable {
  return client.onRequest(ServerKeyRequest.type, async ({ origin }) => ({
    key: (await secrets.get(nameOf(origin))) ?? null,
  }));
}

/** "QED: Set Server Key": keeps the key of the server that is set, and of no other; nothing typed forgets it. */
export async function setServerKey(secrets: vscode.SecretStorage): Promise<void> {
  const endpoint = vscode.workspace.getConfiguration("qed").get<string>("endpoint", "").trim();
  if (!URL.canParse(endpoint)) {
    void vscode.window.showWarningMessage('QED: Set the address of the server in "qed.endpoint" first.');
    return;
  }
  const { origin } = new URL(endpoint);
  const key = await vscode.window.showInputBox({
    title: `Key of ${origin}`,
    prompt: "Kept in the editor's secret storage, never in settings, logs or runs. Empty forgets it.",
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim() === "") await secrets.delete(nameOf(origin));
  else await secrets.store(nameOf(origin), key.trim());
}

function nameOf(origin: string): string {
  return `qed.serverKey:${origin}`;
}
