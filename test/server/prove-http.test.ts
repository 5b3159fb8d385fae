import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDocument } from "../../server/src/document/parse.js";
import type { ProofEditRequest, ProveRequest, RunEventsNotification, RunRequest } from "../../server/src/protocol.js";
import { type Action, type Script, type ScriptedServer, startScriptedServer } from "../fixtures/scripted-server.js";
import { applied, at, ensureDist, isAlive, NOWHERE, poll, Session } from "./session.js";

const TEXT = [
  "\\newcommand{\\even}[1]{2 \\mid #1}",
  "\\begin{definition}D\\end{definition}",
  "\\begin{lemma}\\label{lem:a}The sum $\\even{a+b}$.\\end{lemma}",
  "Between.",
  "\\begin{lemma}\\label{lem:b}Another.\\end{lemma}",
  "",
].join("\n");
const THOUGHT = "Write both as 2m. Then add.";
const PROOF = "Let \\(a=2m\\) and \\(b=2n\\). Then \\(a+b=2(m+n)\\). \\(\\blacksquare\\)";

const tokens = (text: string): Action[] =>
  (text.match(/ ?\w+|[\s\S]/g) ?? []).map((piece) => ({ do: "text", text: piece }));
const FINISH: readonly Action[] = [{ do: "finish", reason: "stop" }, { do: "done" }];
const PROVES: Script = () => [...tokens(`${THOUGHT}\n</think>\n\n${PROOF}`), ...FINISH];

type Result = ProveRequest.Result;

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("proving over stdio, on a server", () => {
  let script: Script = PROVES;
  let models: ScriptedServer;
  let session: Session;

  before(async () => {
    models = await startScriptedServer((request) => script(request));
    session = await Session.start({ engine: "http", endpoint: models.endpoint });
  });
  after(async () => {
    await session.stop();
    await models.close();
  });
  beforeEach(() => {
    script = PROVES;
    session.client.configuration = { engine: "http", endpoint: models.endpoint };
    session.client.onNotification = () => {};
  });

  const prove = (uri: string, text: string, words: string, more: object = {}) =>
    session.client.begin<Result>("qed/prove", { ...at(uri, text, words), ...more });
  const editOf = (runId: string | null) => session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId });

  /** A thought that stays open until it is let go on. */
  function gated() {
    let open = () => {};
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    script = () => [...tokens(THOUGHT), { do: "stall", until }, ...tokens(`\n</think>\n\n${PROOF}`), ...FINISH];
    return { open: () => open() };
  }

  /** Waits until a run is in its thought, and gives its id. */
  async function thinking(): Promise<string> {
    const started = session.lastStarted();
    await session.client.until("a run thinks", () => {
      const run = session.lastStarted();
      return run !== null && run !== started && session.events(run.id).some(({ type }) => type === "thought");
    });
    return session.lastStarted()!.id;
  }

  it("tells the start, then every event in order without gaps, each on disk before, then answers", async () => {
    const uri = session.open(TEXT, "untitled:1.tex");
    let told = 0;
    session.client.onNotification = ({ method, params }) => {
      if (method === "qed/runStarted") assert.ok(session.stored(session.lastStarted()!.id));
      if (method !== "qed/runEvents") return;
      const { runId, first, events } = params as RunEventsNotification.Params;
      assert.equal(first, told);
      told += events.length;
      assert.ok(session.stored(runId)!.events >= told, "events are on disk before they are told");
    };
    const { answer } = prove(uri, TEXT, "even{a", { seed: 7, budget: 500, workDoneToken: "w1" });
    const result = await answer;
    assert.deepEqual(result.outcome, { kind: "proved" });
    assert.equal(result.setUp, false);
    const runId = result.runId!;
    const header = session.lastStarted()!;
    assert.equal(header.id, runId);
    assert.equal(header.seed, 7);
    assert.deepEqual(header.budget, { thought: 500, answer: 8192 });
    assert.equal(header.statement.label, "lem:a");
    assert.match(header.prompt.message, /\\newcommand\{\\even\}/);
    const started = session.client.of<{ macros: object }>("qed/runStarted").at(-1)!;
    assert.deepEqual(started.macros, { "\\even": "2 \\mid #1" });

    const events = session.events(runId);
    assert.deepEqual(events, session.storedEvents(runId));
    const types = events.map((event) => (event.type === "phase" ? event.phase : event.type));
    assert.deepEqual(
      types.filter((type, k) => type !== types[k - 1]),
      ["engine", ...types.slice(types.indexOf("engine") + 1).filter((type, k, all) => type !== all[k - 1])],
    );
    assert.ok(types.indexOf("thinking") < types.indexOf("thought"));
    assert.ok(types.indexOf("thought") < types.indexOf("writing"));
    assert.ok(types.indexOf("writing") < types.indexOf("answer"));
    assert.equal(types.indexOf("outcome"), types.length - 1);

    const read = await session.client.request<RunRequest.Result>("qed/run", { runId });
    assert.equal(read.events, events.length);
    assert.equal(read.run.thought.text.trim(), THOUGHT);
    assert.equal(read.run.answer?.text, PROOF);
  });

  it("tells a client that shows only a line what it is doing, and the status bar too", async () => {
    const uri = session.open(TEXT, "untitled:2.tex");
    const before = session.client.notifications.length;
    await prove(uri, TEXT, "even{a", { workDoneToken: 42 }).answer;
    const later = session.client.notifications.slice(before);
    const progress = later
      .filter(({ method }) => method === "$/progress")
      .map(({ params }) => params as { token: unknown; value: { kind: string; message?: string } });
    assert.ok(progress.every(({ token }) => token === 42));
    assert.equal(progress[0]!.value.kind, "begin");
    assert.equal(progress.at(-1)!.value.kind, "end");
    const messages = progress.slice(1, -1).map(({ value }) => value.message ?? "");
    assert.ok(messages.some((message) => /^reading the statement/.test(message)));
    assert.ok(!messages.some((message) => /loading/.test(message)), "a server loads nothing here");
    assert.ok(messages.some((message) => /^thinking/.test(message)));
    assert.ok(messages.some((message) => /^writing the proof/.test(message)));
    const states = later
      .filter(({ method }) => method === "qed/status")
      .map(({ params }) => (params as { state: string }).state);
    assert.deepEqual(states, ["busy", "ready"]);
  });

  it("sends no progress to a client that has asked for none", async () => {
    const uri = session.open(TEXT, "untitled:3.tex");
    const before = session.client.of("$/progress").length;
    await prove(uri, TEXT, "even{a").answer;
    assert.equal(session.client.of("$/progress").length, before);
  });

  it("gives an edit that fits the document, and the result has the proof at its statement", async () => {
    const uri = session.open(TEXT, "untitled:4.tex");
    const { runId } = await prove(uri, TEXT, "even{a").answer;
    const edit = await editOf(runId);
    assert.ok("edits" in edit);
    assert.equal(edit.uri, uri);
    assert.equal(edit.version, 1);
    assert.deepEqual(edit.removed, []);
    const text = applied(TEXT, edit.edits);
    const [, lemma, other] = parseDocument(text, "latex").statements;
    assert.equal(text.slice(lemma!.proof!.start, lemma!.proof!.end).includes("$a+b=2(m+n)$"), true);
    assert.equal(lemma!.hole, false);
    assert.equal(other!.proof, null);
    await session.client.request("qed/decide", { runId, decision: "accepted" });
    assert.equal(session.stored(runId!)!.run.decision, "accepted");
  });

  it("finds the statement again when the text above it is edited while the model thinks", async () => {
    const uri = session.open(TEXT, "untitled:5.tex");
    const gate = gated();
    const { answer } = prove(uri, TEXT, "even{a");
    await thinking();
    let text = session.change(uri, TEXT, 0, 0, "\\section{New}\n\nMany more words.\n\n");
    text = session.change(uri, text, text.indexOf("Between"), text.indexOf("Between") + 7, "Still between");
    gate.open();
    const { runId, outcome } = await answer;
    assert.equal(outcome.kind, "proved");
    const edit = await editOf(runId);
    assert.ok("edits" in edit);
    assert.equal(edit.version, 3);
    const result = applied(text, edit.edits);
    assert.match(result, /lem:a\}The sum.*\n\\begin\{proof\}\n[\s\S]*\\end\{proof\}\nStill between\./);
  });

  it("says so when the statement itself has been edited meanwhile", async () => {
    const uri = session.open(TEXT, "untitled:6.tex");
    const gate = gated();
    const { answer } = prove(uri, TEXT, "even{a");
    await thinking();
    const start = TEXT.indexOf("The sum");
    const text = session.change(uri, TEXT, start, start + 7, "The product");
    gate.open();
    const { runId } = await answer;
    const edit = await editOf(runId);
    assert.ok("problem" in edit);
    assert.match(
      edit.problem,
      /^The statement has changed since this proof was begun.*Run “Prove This Statement” again/,
    );
    session.change(uri, text, start, start + 11, "The sum");
    assert.ok("edits" in (await editOf(runId)), "and takes the proof again once the statement is what it was");
  });

  it("says so when the author has written a proof meanwhile", async () => {
    const uri = session.open(TEXT, "untitled:7.tex");
    const gate = gated();
    const { answer } = prove(uri, TEXT, "even{a");
    await thinking();
    const place = TEXT.indexOf("Between");
    session.change(uri, TEXT, place, place, "\\begin{proof}Clear.\\end{proof}\n");
    gate.open();
    const edit = await editOf((await answer).runId);
    assert.ok("problem" in edit);
    assert.match(edit.problem, /^The statement has a proof now/);
  });

  it("says so when the document has been closed and is not on disk", async () => {
    const uri = session.open(TEXT, "untitled:8.tex");
    const { runId } = await prove(uri, TEXT, "even{a").answer;
    session.client.notify("textDocument/didClose", { textDocument: { uri } });
    const edit = await editOf(runId);
    assert.ok("problem" in edit);
    assert.match(edit.problem, /can't be read\. Open it/);
  });

  it("proves a file that no editor has open, and its edit has no version", async () => {
    const file = join(session.state, "closed.tex");
    writeFileSync(file, TEXT);
    const uri = pathToFileURL(file).href;
    const { runId } = await prove(uri, TEXT, "even{a").answer;
    const edit = await editOf(runId);
    assert.ok("edits" in edit);
    assert.equal(edit.version, null);
  });

  it("stops when it is cancelled: the socket closes, nothing follows the answer, and the next run works", async () => {
    const uri = session.open(TEXT, "untitled:9.tex");
    gated();
    const { id, answer } = prove(uri, TEXT, "even{a", { workDoneToken: "w9" });
    const runId = await thinking();
    session.client.cancel(id);
    const result = await answer;
    assert.equal(result.outcome.kind, "cancelled");
    assert.equal(result.runId, runId);
    const events = session.events(runId);
    assert.equal(events.at(-1)?.type, "outcome");
    await poll("the socket is closed", () => models.requests.at(-1)!.abandoned);
    assert.match(session.stored(runId)!.run.thought.text, /^Write both/);
    const edit = await editOf(runId);
    assert.ok("problem" in edit);
    script = PROVES;
    assert.equal((await prove(uri, TEXT, "even{a").answer).outcome.kind, "proved");
    assert.deepEqual(session.events(runId), events, "nothing came after the answer");
    assert.equal(
      session.client
        .of<{ token: string; value: { kind: string } }>("$/progress")
        .filter(({ token, value }) => token === "w9" && value.kind === "end").length,
      1,
    );
  });

  it("keeps two runs apart that go on at the same time", async () => {
    const uri = session.open(TEXT, "untitled:10.tex");
    const [a, b] = await Promise.all([prove(uri, TEXT, "even{a").answer, prove(uri, TEXT, "Another").answer]);
    assert.notEqual(a.runId, b.runId);
    for (const { runId, outcome } of [a, b]) {
      assert.equal(outcome.kind, "proved");
      let next = 0;
      for (const { first, events } of session.batches(runId!)) {
        assert.equal(first, next);
        next += events.length;
      }
      assert.equal(session.stored(runId!)!.run.answer?.text, PROOF);
    }
  });

  it("never gives a thought as a proof", async () => {
    const uri = session.open(TEXT, "untitled:11.tex");
    script = () => [...tokens(`${THOUGHT} ${PROOF}`), ...FINISH];
    const { runId, outcome } = await prove(uri, TEXT, "even{a").answer;
    assert.equal(outcome.kind, "no-proof");
    const edit = await editOf(runId);
    assert.ok("problem" in edit);
  });

  const refusals: readonly [string, string, string, RegExp][] = [
    [
      "there is no statement at the cursor",
      TEXT,
      "Between",
      /^There is no statement at the cursor\. Put the cursor into/,
    ],
    ["the cursor is in a definition", TEXT, "D\\end", /^There is nothing to prove in this definition\. Put the cursor/],
    ["the file is empty", "", "", /^There is no theorem-like statement in this file\. Write one/],
  ];
  for (const [what, text, words, message] of refusals) {
    it(`begins no run and says what to do if ${what}`, async () => {
      const uri = session.open(text, "untitled:12.tex");
      const runs = session.runIds().length;
      const requests = models.requests.length;
      const result = await prove(uri, text, words, { workDoneToken: "none" }).answer;
      assert.equal(result.runId, null);
      assert.equal(result.outcome.kind, "failed");
      assert.match("message" in result.outcome ? result.outcome.message : "", message);
      assert.equal(result.setUp, false);
      assert.equal(session.runIds().length, runs);
      assert.equal(models.requests.length, requests);
    });
  }

  it("begins no run for a document that it doesn't know", async () => {
    const position = { line: 0, character: 0 };
    const result = await session.client.request<Result>("qed/prove", { textDocument: { uri: NOWHERE }, position });
    assert.equal(result.runId, null);
    assert.match("message" in result.outcome ? result.outcome.message : "", /^This document is not open/);
  });

  const unreachable: readonly [string, string, RegExp][] = [
    ["nobody listens", "http://127.0.0.1:9/v1", /./],
    ["there is none set", "", /qed\.endpoint/],
    ["it is no address", "no address", /qed\.endpoint|address/],
  ];
  for (const [what, endpoint, message] of unreachable) {
    it(`offers to set up a model if ${what} at the endpoint`, async () => {
      session.client.configuration = { engine: "http", endpoint };
      const uri = session.open(TEXT, "untitled:13.tex");
      const result = await prove(uri, TEXT, "even{a").answer;
      assert.equal(result.outcome.kind, "failed");
      const said = "message" in result.outcome ? result.outcome.message : "";
      assert.match(said, message);
      assert.match(said, /^[A-Z"“][^\n]*\.$/);
      assert.equal(result.setUp, true);
      session.client.configuration = { engine: "http", endpoint: models.endpoint };
      assert.equal((await prove(uri, TEXT, "even{a").answer).outcome.kind, "proved");
    });
  }

  it("begins nothing and says so if runs can't be kept on disk", async () => {
    const other = await Session.start({ engine: "http", endpoint: models.endpoint });
    try {
      writeFileSync(join(other.state, "runs"), "no folder");
      const uri = other.open(TEXT, "untitled:1.tex");
      const result = await other.client.request<Result>("qed/prove", at(uri, TEXT, "even{a"));
      assert.equal("code" in result.outcome && result.outcome.code, "store.failed");
      assert.match(
        "message" in result.outcome ? result.outcome.message : "",
        /^Runs can't be kept in [^\n]*QED_STATE_DIR[^\n]*\.$/,
      );
      assert.equal(result.setUp, false);
    } finally {
      await other.stop();
    }
  });

  it("leaves a run on disk that can be read when the server is killed in the middle", async () => {
    const other = await Session.start({ engine: "http", endpoint: models.endpoint });
    gated();
    const uri = other.open(TEXT, "untitled:1.tex");
    const { answer } = other.client.begin<Result>("qed/prove", at(uri, TEXT, "even{a"));
    answer.catch(() => {});
    await other.client.until("it thinks", () => other.events(other.lastStarted()?.id ?? "").length > 5);
    const runId = other.lastStarted()!.id;
    process.kill(other.client.pid, "SIGKILL");
    await other.client.end();
    assert.equal(isAlive(other.client.pid), false);
    const { run } = other.stored(runId)!;
    assert.equal(run.outcome, null);
    assert.match(run.thought.text, /^Write both/);
    await other.stop();
  });
});
