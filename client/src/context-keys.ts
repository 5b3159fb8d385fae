import * as vscode from "vscode";

/** Sets what the commands' `enablement` asks for: whether a run goes on, whether a proof waits for a decision. */
export async function setContext(key: "running" | "proposal", value: boolean): Promise<void> {
  await vscode.commands.executeCommand("setContext", `qed.${key}`, value);
}
