import * as vscode from "vscode";
import type { TextEdit } from "vscode-languageclient/node";

/**
 * Back to the text: the panel's button has the focus, and the next file would open over the panel. To where the proof
 * is now, if it is there; else only where the text is open.
 */
export async function showInText(uri: vscode.Uri, proof: TextEdit | undefined): Promise<void> {
  const isText = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  const groups = vscode.window.tabGroups.all.filter(({ tabs }) => tabs.some(isText));
  const group = groups.find(({ activeTab }) => activeTab && isText(activeTab)) ?? groups[0];
  if (!group && !proof) return;
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: group?.viewColumn ?? vscode.ViewColumn.One });
  if (proof) editor.revealRange(toRange(proof.range), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** A range of the language server's as one of the editor's. */
export function toRange({ start, end }: TextEdit["range"]): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
