import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import {
  DoctorRequest,
  FinishNowRequest,
  PauseRequest,
  ResumeRequest,
  StatusNotification,
  SummariseRequest,
} from "../../server/src/protocol.js";
import { GhostTextProvider, OWN_GHOST_TEXT } from "./ghost-text.js";
import type { ProveHow } from "./run-messages.js";
import { Runs } from "./runs.js";
import { answerKeys, KEEPS_KEYS, setServerKey } from "./server-key.js";
import { setUpModel } from "./set-up.js";
import { StatusBar } from "./status-bar.js";
import { giveHint, steer } from "./steer.js";

/** The languages whose documents are understood. */
const LANGUAGES = ["latex", "tex", "markdown", "quarto"];

let client: LanguageClient | null = null;

/** Starts the language server; it loads no model until a person asks for something. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = context.asAbsolutePath("dist/server.js");
  const started = new LanguageClient(
    "qed",
    "QED Copilot",
    { module, transport: TransportKind.ipc },
    {
      documentSelector: LANGUAGES.map((language) => ({ language })),
      initializationOptions: { ...KEEPS_KEYS, ...OWN_GHOST_TEXT },
    },
  );
  client = started;
  const status = new StatusBar();
  const runs = new Runs(started, status, context.extensionUri);
  const ghostText = new GhostTextProvider(started, LANGUAGES);
  started.onNotification(StatusNotification.type, (params) => status.status(params));
  const command = (name: string, run: (...args: never[]) => unknown) =>
    vscode.commands.registerCommand(`qed.${name}`, run);
  context.subscriptions.push(
    status,
    runs,
    ghostText,
    command("showGhostText", () => ghostText.show()),
    command("dismissGhostText", () => ghostText.dismiss()),
    answerKeys(started, context.secrets),
    command("prove", (uri?: unknown, position?: unknown) => prove(runs, uri, position)),
    command("proveDifferently", (uri?: unknown, position?: unknown) =>
      prove(runs, uri, position, { differently: true }),
    ),
    command("proveSeveral", (uri?: unknown, position?: unknown) => proveSeveral(runs, uri, position)),
    command("finishNow", () => steer(started, runs.shown(), FinishNowRequest.type)),
    command("hint", () => giveHint(started, runs.shown())),
    command("pause", () => steer(started, runs.shown(), PauseRequest.type)),
    command("resume", () => runs.goOn(ResumeRequest.type)),
    command("summarise", () => runs.goOn(SummariseRequest.type)),
    command("stop", () => runs.stop()),
    command("accept", () => runs.proofs.accept()),
    command("showDiff", () => runs.proofs.showDiff()),
    command("reject", () => runs.proofs.reject()),
    command("showReasoning", () => runs.reveal()),
    command("setUpModel", () => setUpModel(started, context.secrets)),
    command("setServerKey", () => setServerKey(context.secrets)),
    command("showSetUpInformation", () => showSetUpInformation(started)),
  );
  await started.start();
}

/** Ends the server, and with it the engine. */
export async function deactivate(): Promise<void> {
  await client?.stop();
}

/** From a lens (URI and position of the statement), the context menu (URI only) or the palette (neither). */
async function prove(runs: Runs, uri: unknown, position: unknown, how: ProveHow = {}): Promise<void> {
  if (typeof uri === "string" && isPosition(position)) {
    return runs.prove(vscode.Uri.parse(uri), new vscode.Position(position.line, position.character), how);
  }
  const editor = vscode.window.activeTextEditor;
  if (editor && LANGUAGES.includes(editor.document.languageId))
    return runs.prove(editor.document.uri, editor.selection.active, how);
  void vscode.window.showWarningMessage("QED: Open a LaTeX or Markdown file and put the cursor into a statement.");
}

async function proveSeveral(runs: Runs, uri: unknown, position: unknown): Promise<void> {
  const picked = await vscode.window.showQuickPick(["2", "4", "8"], { title: "How many proofs at once?" });
  if (picked !== undefined) await prove(runs, uri, position, { count: Number(picked) });
}

function isPosition(value: unknown): value is { line: number; character: number } {
  const { line, character } = (value ?? {}) as { line?: unknown; character?: unknown };
  return Number.isInteger(line) && Number.isInteger(character);
}

async function showSetUpInformation(client: LanguageClient): Promise<void> {
  const content = await client.sendRequest(DoctorRequest.type, null);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }));
}
