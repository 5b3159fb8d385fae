import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type FinishNowRequest, HintRequest, type PauseRequest, type SteerResult } from "../../server/src/protocol.js";

/** Asks something of a run; it goes on if it can't be done, and the person is told why. */
export async function steer(
  client: LanguageClient,
  runId: string | null,
  type: typeof FinishNowRequest.type | typeof PauseRequest.type,
): Promise<void> {
  if (runId !== null) tell(await client.sendRequest(type, { runId }));
}

/** Puts a sentence of the person into the thought of a run. */
export async function giveHint(client: LanguageClient, runId: string | null): Promise<void> {
  if (runId === null) return;
  const hint = await vscode.window.showInputBox({
    title: "Hint for the Model",
    prompt: "A sentence for its thought, in English. It goes on thinking from there.",
    placeHolder: "Look at the equation modulo 4.",
  });
  if (hint !== undefined) tell(await client.sendRequest(HintRequest.type, { runId, hint }));
}

function tell({ problem }: SteerResult): void {
  if (problem !== null) void vscode.window.showWarningMessage(`QED: ${problem}`);
}
