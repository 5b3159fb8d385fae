import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import type { ProofEditRequest, ProveRequest } from "../../server/src/protocol.js";
import { applied, at, childrenOf, ensureDist, fileText, isAlive, NOWHERE, poll, Session } from "./session.js";

type Result = ProveRequest.Result;

const LOOP = fileText("test", "fixtures", "rehearsal", "loop.tex");
const QUICK = fileText("test", "fixtures", "rehearsal", "quick.tex");

before(function () {
  this.timeout(120_000);
  ensureDist();
});

const prove = (session: Session, uri: string, text: string, words: string, more: object = {}) =>
  session.client.begin<Result>("qed/prove", { ...at(uri, text, words), ...more }, 30_000);

const said = ({ outcome }: Result) => ("message" in outcome ? outcome.message : "");

/** Waits until a run that has begun after `before` runs is well in its thought, and gives its id. */
async function thinking(session: Session, before: number): Promise<string> {
  await session.client.until("a run thinks", () => {
    const runs = session.client.of<{ header: { id: string } }>("qed/runStarted");
    const events = runs.length > before ? session.events(runs.at(-1)!.header.id) : [];
    return events.reduce((length, event) => length + (event.type === "thought" ? event.text.length : 0), 0) > 40;
  });
  return session.lastStarted()!.id;
}

const begun = (session: Session) => session.client.of("qed/runStarted").length;

describe("proving over stdio, with the rehearsal model", function () {
  this.timeout(40_000);
  let session: Session;
  before(async () => {
    session = await Session.start(null);
  });
  after(() => session.stop());

  const samples: readonly [string, string, string, Syntax][] = [
    ["samples/article.tex", "lem:combination", "latex", "latex"],
    ["samples/article.tex", "thm:bezout", "latex", "latex"],
    ["samples/note.md", "amgm", "markdown", "markdown"],
    ["samples/myst.md", "thm-unique-limit", "markdown", "markdown"],
    ["samples/quarto.qmd", "prp-composition", "quarto", "markdown"],
    ["test/fixtures/rehearsal/partial.tex", "thm:partial", "latex", "latex"],
    ["test/fixtures/rehearsal/hostile.tex", "thm:hostile", "latex", "latex"],
    ["test/fixtures/rehearsal/unicode.md", "abélien", "markdown", "markdown"],
  ];
  for (const [file, label, language, syntax] of samples) {
    it(`proves ${label} of ${file}, and the proof lands in the file's own syntax`, async () => {
      const text = fileText(file);
      const uri = session.open(text, `untitled:${file}-${label}`, language);
      const before = parseDocument(text, syntax);
      const index = before.statements.findIndex(
        (one) => one.label === label || text.slice(one.start, one.end).includes(label),
      );
      const statement = before.statements[index]!;
      const words = text.slice(statement.body.start, statement.body.end).split("\n")[0]!;
      const result = await prove(session, uri, text, words).answer;
      assert.deepEqual(result.outcome, { kind: "proved" }, said(result));
      const runId = result.runId!;
      assert.deepEqual(session.events(runId), session.storedEvents(runId));
      const edit = await session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId });
      assert.ok("edits" in edit, JSON.stringify(edit));
      const proved = applied(text, edit.edits);
      const after = parseDocument(proved, syntax);
      assert.equal(after.statements.length, before.statements.length, proved);
      assert.equal(after.statements[index]!.hole, false, proved);
      assert.equal(after.statements[index]!.proof!.closed, true, proved);
      assert.ok(after.statements[index]!.proof!.steps.length > 0);
    });
  }

  it("knows a sample whose line ends are those of Windows", async () => {
    const text = QUICK.replaceAll("\n", "\r\n");
    const uri = session.open(text, "untitled:crlf.tex");
    const result = await prove(session, uri, text, "The sum").answer;
    assert.equal(result.outcome.kind, "proved", said(result));
    const edit = await session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId: result.runId });
    assert.ok("edits" in edit);
    assert.doesNotMatch(edit.edits[0]!.newText, /(?<!\r)\n/);
  });

  it("offers to set up a model for a statement that the rehearsal model doesn't know, and keeps no thought of it", async () => {
    const text = "\\begin{theorem}\\label{new}There are infinitely many twin primes.\\end{theorem}\n";
    const uri = session.open(text, "untitled:new.tex");
    const result = await prove(session, uri, text, "There are").answer;
    assert.equal(result.outcome.kind, "unknown-to-rehearsal");
    assert.equal(result.setUp, true);
    assert.match(said(result), /^The rehearsal model [^\n]*"QED: Set Up Model"/);
    assert.equal(session.stored(result.runId!)!.run.thought.text, "");
  });

  it("stops an endless thought when it is cancelled, and the next run works", async () => {
    const uri = session.open(LOOP, "untitled:loop.tex");
    const runs = begun(session);
    const { id, answer } = prove(session, uri, LOOP, "There are");
    const runId = await thinking(session, runs);
    await session.client.until("it goes round", () => session.events(runId).length > 60);
    session.client.cancel(id);
    const result = await answer;
    assert.equal(result.outcome.kind, "cancelled");
    const events = session.events(runId);
    assert.equal(events.at(-1)?.type, "outcome");
    assert.match(session.stored(runId)!.run.thought.text, /Let me try the next exponent/);
    const quick = session.open(QUICK, "untitled:quick.tex");
    assert.equal((await prove(session, quick, QUICK, "The sum").answer).outcome.kind, "proved");
    assert.deepEqual(session.events(runId), events, "nothing came after the answer");
  });

  it("cuts an endless thought at its budget and proves from what there is", async () => {
    const uri = session.open(LOOP, "untitled:loop.tex");
    const result = await prove(session, uri, LOOP, "There are", { budget: 40 }).answer;
    assert.equal(result.outcome.kind, "proved", said(result));
    const { run } = session.stored(result.runId!)!;
    assert.equal(run.thought.cut, true);
    assert.match(run.answer!.text, /If \\\(c\\\) is rational/);
  });

  it("survives the death of its engine: the partial run is kept, and the next run works", async function () {
    if (childrenOf(session.client.pid) === null) {
      console.log("skipped: the engine's process is found by /proc, which this system doesn't have");
      this.skip();
    }
    const uri = session.open(LOOP, "untitled:loop.tex");
    const runs = begun(session);
    const { answer } = prove(session, uri, LOOP, "There are");
    const runId = await thinking(session, runs);
    const children = childrenOf(session.client.pid)!;
    assert.equal(children.length, 1);
    process.kill(children[0]!, "SIGKILL");
    const result = await answer;
    assert.equal(result.runId, runId);
    assert.equal(result.outcome.kind, "failed");
    assert.equal("code" in result.outcome && result.outcome.code, "engine.crashed");
    assert.match(
      said(result),
      /^The engine's process was killed, as happens when memory runs out\.[^\n]*"QED: Prove This Statement" again\.$/,
    );
    const { run } = session.stored(runId)!;
    assert.match(run.thought.text, /powers of/);
    assert.deepEqual(run.outcome, result.outcome);
    const quick = session.open(QUICK, "untitled:quick.tex");
    assert.equal((await prove(session, quick, QUICK, "The sum").answer).outcome.kind, "proved");
    assert.equal(session.client.ended, false);
  });

  it("lets a second run go on beside the first", async () => {
    const loop = session.open(LOOP, "untitled:loop.tex");
    const runs = begun(session);
    const first = prove(session, loop, LOOP, "There are");
    await thinking(session, runs);
    const quick = session.open(QUICK, "untitled:quick.tex");
    const second = prove(session, quick, QUICK, "The sum");
    assert.equal((await second.answer).outcome.kind, "proved");
    session.client.cancel(first.id);
    assert.equal((await first.answer).outcome.kind, "cancelled");
  });

  it("says that a thought that never ends in a proof is none", async () => {
    for (const [name, words] of [
      ["unclosed.tex", "There is no"],
      ["silent.tex", "Every integer"],
    ] as const) {
      const text = fileText("test", "fixtures", "rehearsal", name);
      const uri = session.open(text, `untitled:${name}`);
      const result = await prove(session, uri, text, words).answer;
      assert.equal(result.outcome.kind, "no-proof", name);
      const edit = await session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId: result.runId });
      assert.ok("problem" in edit);
    }
  });

  describe("and models that can't be run", () => {
    after(() => {
      session.client.configuration = null;
    });

    const models: readonly [string, string, () => string][] = [
      ["isn't there", "model.missing", () => join(session.state, "nowhere.gguf")],
      [
        "is no GGUF file",
        "model.corrupt",
        () => {
          const path = join(session.state, "page.gguf");
          writeFileSync(path, "<html>404</html>");
          return path;
        },
      ],
      [
        "is damaged behind its first bytes",
        "model.corrupt",
        () => {
          const path = join(session.state, "torn.gguf");
          writeFileSync(path, Buffer.concat([Buffer.from("GGUF\x03\0\0\0"), Buffer.alloc(200, 0xff)]));
          return path;
        },
      ],
      ["is empty", "model.corrupt", () => join(session.state, "empty.gguf")],
      ["is a folder", "model.corrupt", () => session.state],
    ];
    for (const [what, code, path] of models) {
      it(`says so in one sentence if the model ${what}, and offers to set up another`, async () => {
        const model = path();
        if (model.endsWith("empty.gguf")) writeFileSync(model, "");
        session.client.configuration = { model };
        const uri = session.open(QUICK, "untitled:quick.tex");
        const result = await prove(session, uri, QUICK, "The sum").answer;
        assert.equal("code" in result.outcome && result.outcome.code, code, said(result));
        assert.match(said(result), /^The model file [^\n]*"QED: Set Up Model"[^\n]*\.$/);
        assert.equal(result.setUp, true);
        await poll("no process is left", () => (childrenOf(session.client.pid)?.length ?? 0) === 0);
        session.client.configuration = null;
      });
    }

    it("goes back to a model that works", async () => {
      const uri = session.open(QUICK, "untitled:quick.tex");
      assert.equal((await prove(session, uri, QUICK, "The sum").answer).outcome.kind, "proved");
    });
  });

  it("loads nothing for a request that needs no model", async () => {
    const other = await Session.start(null);
    try {
      const uri = other.open(QUICK, NOWHERE);
      await other.client.request("qed/statementAt", at(uri, QUICK, "The sum"));
      await other.client.request("textDocument/codeLens", { textDocument: { uri } });
      await other.client.request("qed/doctor", null);
      // An engine would stay; what the report asks of the system ends by itself.
      await poll("no engine is there", () => (childrenOf(other.client.pid)?.length ?? 0) === 0);
    } finally {
      await other.stop();
    }
  });

  const ends: readonly [string, (session: Session) => Promise<void>][] = [
    [
      "shutdown and exit",
      async ({ client }) => {
        await client.request("shutdown");
        client.notify("exit");
      },
    ],
    ["the end of its input", async ({ client }) => client.closeInput()],
    ["a kill", async ({ client }) => void process.kill(client.pid, "SIGKILL")],
  ];
  for (const [what, end] of ends) {
    it(`takes its engine with it at ${what}, in the middle of a run`, async function () {
      const other = await Session.start(null);
      try {
        const uri = other.open(LOOP, "untitled:loop.tex");
        const { answer } = prove(other, uri, LOOP, "There are");
        answer.catch(() => {});
        const runId = await thinking(other, 0);
        const children = childrenOf(other.client.pid);
        if (children === null) {
          console.log("skipped: the engine's process is found by /proc, which this system doesn't have");
          this.skip();
        }
        assert.equal(children.length, 1);
        await end(other);
        await other.client.end();
        await poll("the engine has gone", () => !children.some(isAlive));
        assert.match(other.stored(runId)!.run.thought.text, /powers of/);
      } finally {
        await other.stop();
      }
    });
  }
});
