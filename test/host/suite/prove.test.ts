import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { stateDirectory } from "../../../server/src/store/directory.js";
import { startScriptedServer } from "../../fixtures/scripted-server.js";

/** A proof by the rehearsal model takes seconds here; the engine's start is most of it. */
const RUN_LIMIT_MS = 40_000;

const LOOP = String.raw`\documentclass{article}
\begin{document}
\begin{theorem}\label{thm:loop}
  There are irrational numbers $a,b>0$ such that $a^b$ is rational.
\end{theorem}
\end{document}
`;

async function poll<T>(what: string, get: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const until = Date.now() + RUN_LIMIT_MS;
  while (Date.now() < until) {
    const value = await get();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not within ${RUN_LIMIT_MS / 1000} s`);
}

async function openSample(name: string): Promise<vscode.TextDocument> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

function placeOf(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${text} is in ${document.uri.path}`);
  return document.positionAt(offset);
}

async function prove(document: vscode.TextDocument, text: string): Promise<void> {
  const editor = await vscode.window.showTextDocument(document);
  const position = placeOf(document, text);
  editor.selection = new vscode.Selection(position, position);
  await vscode.commands.executeCommand("qed.prove");
}

/** The text of the newest run's file. */
function newestRun(): string {
  const folder = join(stateDirectory(), "runs");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const newest = names.map((name) => readFileSync(join(folder, name), "utf8")).sort((a, b) => time(b) - time(a))[0];
  return newest ?? "";
}

function time(run: string): number {
  return Date.parse(/"time":"([^"]+)"/.exec(run)?.[1] ?? "1970-01-01");
}

describe("proving in the editor", function () {
  this.timeout(RUN_LIMIT_MS * 2);

  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("offers its commands", async () => {
    await openSample("article.tex");
    const commands = await poll("the commands are there", async () => {
      const all = await vscode.commands.getCommands(true);
      return all.includes("qed.prove") ? all : undefined;
    });
    for (const name of [
      "prove",
      "stop",
      "accept",
      "showDiff",
      "reject",
      "showReasoning",
      "setUpModel",
      "showSetUpInformation",
    ]) {
      assert.ok(commands.includes(`qed.${name}`), name);
    }
  });

  it("puts an accepted proof under its LaTeX statement as one edit that can be undone", async () => {
    const document = await openSample("article.tex");
    const before = document.getText();
    await prove(document, String.raw`\label{lem:combination}`);
    assert.equal(document.getText(), before, "nothing goes into the text unasked");
    await vscode.commands.executeCommand("qed.accept");
    const after = await poll("the proof is in the text", () =>
      document.getText() === before ? undefined : document.getText(),
    );
    const statement = after.slice(after.indexOf(String.raw`\label{lem:combination}`));
    assert.match(statement, /^[\s\S]*?\\end\{lemma\}\s*\\begin\{proof\}[\s\S]+?\\end\{proof\}/);
    assert.doesNotMatch(
      statement.slice(0, statement.indexOf(String.raw`\end{proof}`)),
      /\\\(|\*\*/,
      "the file's own syntax",
    );
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before, "one undo takes it back");
  });

  it("continues a half-written Markdown proof and leaves the author's words alone", async () => {
    const document = await openSample("note.md");
    const before = document.getText();
    await prove(document, "Proposition 1 (Bernoulli)");
    await vscode.commands.executeCommand("qed.accept");
    const after = await poll("the proof is in the text", () =>
      document.getText() === before ? undefined : document.getText(),
    );
    assert.ok(after.includes("We use induction on $n$. For $n=0$ both sides are equal to $1$."));
    assert.ok(!after.includes("<!-- qed: prove -->"));
    assert.ok(after.length > before.length);
  });

  it("lands a proof at its statement although the text above it was edited meanwhile", async () => {
    const document = await openSample("article.tex");
    const running = prove(document, String.raw`\label{lem:step}`);
    await poll("the run has begun", () => (/"label":"lem:step"/.test(newestRun()) ? true : undefined));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(
      document.uri,
      placeOf(document, String.raw`\begin{definition}`),
      "A sentence that was typed meanwhile.\n\n",
    );
    await vscode.workspace.applyEdit(edit);
    const typed = document.getText();
    await running;
    await vscode.commands.executeCommand("qed.accept");
    const after = await poll("the proof is in the text", () =>
      document.getText() === typed ? undefined : document.getText(),
    );
    assert.match(
      after.slice(after.indexOf(String.raw`\label{lem:step}`)),
      /^[\s\S]*?\\end\{lemma\}\s*\\begin\{proof\}/,
    );
  });

  it("inserts nothing once the statement says something else", async () => {
    const document = await openSample("article.tex");
    await prove(document, String.raw`\label{thm:infinite}`);
    const edit = new vscode.WorkspaceEdit();
    const place = placeOf(document, "There are infinitely many primes");
    edit.replace(document.uri, new vscode.Range(place, place.translate(0, "There are".length)), "There are not");
    await vscode.workspace.applyEdit(edit);
    const changed = document.getText();
    await vscode.commands.executeCommand("qed.accept");
    assert.equal(document.getText(), changed);
  });

  it("stops a thought that would not end, and keeps what was written", async () => {
    const settings = vscode.workspace.getConfiguration("qed");
    await settings.update("loopGuard", false, vscode.ConfigurationTarget.Global);
    const document = await vscode.workspace.openTextDocument({ language: "latex", content: LOOP });
    const running = prove(document, String.raw`\label{thm:loop}`);
    await poll("the thought has begun", () =>
      /"label":"thm:loop"[\s\S]*"type":"thought"/.test(newestRun()) ? true : undefined,
    );
    await vscode.commands.executeCommand("qed.stop");
    await running;
    await settings.update("loopGuard", undefined, vscode.ConfigurationTarget.Global);
    const run = newestRun();
    assert.match(run, /"outcome":\{"kind":"cancelled"/);
    assert.match(run, /"type":"thought"/);
    assert.ok(run.trimEnd().split("\n").at(-1)?.includes('"outcome"'), "nothing comes after the outcome");
  });

  it("pauses an endless thought, resumes it, and finishes it now", async () => {
    const settings = vscode.workspace.getConfiguration("qed");
    await settings.update("loopGuard", false, vscode.ConfigurationTarget.Global);
    try {
      const document = await vscode.workspace.openTextDocument({ language: "latex", content: LOOP });
      const stopped = newestRun();
      const running = prove(document, String.raw`\label{thm:loop}`);
      const thoughts = () => (newestRun() === stopped ? 0 : newestRun().split('"type":"thought"').length - 1);
      await poll("the thought has begun", () => (thoughts() > 20 ? true : undefined));
      await vscode.commands.executeCommand("qed.pause");
      await poll("the run is paused", () =>
        newestRun().trimEnd().endsWith('"phase":"paused","progress":null}') ? true : undefined,
      );
      const before = thoughts();
      const resumed = vscode.commands.executeCommand("qed.resume");
      await poll("the thought goes on", () => (thoughts() > before + 20 ? true : undefined));
      await vscode.commands.executeCommand("qed.finishNow");
      await Promise.all([running, resumed]);
      assert.match(
        newestRun(),
        /"outcome":\{"kind":"proved","early":"thinking cut at \d+ tokens, when you asked for the proof"\}/,
      );
    } finally {
      await settings.update("loopGuard", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("stops a server too: its socket is closed, and no word comes after that", async () => {
    const server = await startScriptedServer(async function* () {
      for (let token = 0; token < 100_000; token++) {
        yield { do: "text", text: "word " } as const;
        if (token % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const settings = vscode.workspace.getConfiguration("qed");
    try {
      await settings.update("endpoint", server.endpoint, vscode.ConfigurationTarget.Global);
      await settings.update("loopGuard", false, vscode.ConfigurationTarget.Global);
      await settings.update("engine", "http", vscode.ConfigurationTarget.Global);
      const document = await vscode.workspace.openTextDocument({ language: "latex", content: LOOP });
      const running = prove(document, String.raw`\label{thm:loop}`);
      await poll("the server's words are on disk", () =>
        /"engine":"http"[\s\S]*"type":"thought"/.test(newestRun()) ? true : undefined,
      );
      await vscode.commands.executeCommand("qed.stop");
      await running;
      await poll("the socket is closed", () => (server.requests[0]?.abandoned ? true : undefined));
      assert.equal(server.requests.length, 1);
      const run = newestRun();
      assert.match(run.trimEnd().split("\n").at(-1) ?? "", /"outcome":\{"kind":"cancelled"/);
    } finally {
      await settings.update("engine", undefined, vscode.ConfigurationTarget.Global);
      await settings.update("endpoint", undefined, vscode.ConfigurationTarget.Global);
      await settings.update("loopGuard", undefined, vscode.ConfigurationTarget.Global);
      await server.close();
    }
  });

  it("offers lenses above statements without a proof", async () => {
    const document = await openSample("article.tex");
    const titles = await poll("the lenses are there", async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        document.uri,
        100,
      );
      const found = lenses
        .map((lens) => lens.command?.title)
        .filter((title) => title === "Prove this" || title === "Continue this proof");
      return found.length > 0 ? found : undefined;
    });
    assert.ok(titles.includes("Prove this"));
    assert.ok(titles.includes("Continue this proof"));
  });

  it("shows set-up information without a secret", async () => {
    await openSample("article.tex");
    await vscode.commands.executeCommand("qed.showSetUpInformation");
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? "", /QED Copilot: set-up information/);
  });
});
