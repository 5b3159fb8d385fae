import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunListEntry } from "../../server/src/features/run-list.js";
import { hintText } from "../../server/src/prompt/hint.js";
import { chatml } from "../../server/src/prompt/prompt.js";
import type { ProofEditRequest, ProveRequest, ProveSeveralRequest, SteerResult } from "../../server/src/protocol.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { type Action, type ScriptedServer, startScriptedServer } from "../fixtures/scripted-server.js";
import { HEADER } from "../store/runs.js";
import { applied, at, ensureDist, fileText, Session } from "./session.js";

type Result = ProveRequest.Result;

const TEXT = "\\begin{theorem}\\label{a}The sum of two even integers is even.\\end{theorem}\n";
const QUICK = fileText("test", "fixtures", "rehearsal", "quick.tex");
const LOOP = fileText("test", "fixtures", "rehearsal", "loop.tex");
const MESSAGE = "Generate a rigorous proof to the following question:\n\nThe sum of two even integers is even.";
const FINISH: Action[] = [{ do: "finish", reason: "stop" }, { do: "done" }];
const tokens = (text: string): Action[] => (text.match(/\s*\S+/g) ?? []).map((word) => ({ do: "text", text: word }));

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("steering over stdio, on a server", function () {
  this.timeout(40_000);
  let session: Session;
  let models: ScriptedServer;
  let scripts: ((prompt: string) => Iterable<Action>)[] = [];
  before(async () => {
    models = await startScriptedServer(
      ({ prompt }) => scripts.shift()?.(prompt) ?? [...tokens("Hm.\n</think>\n\nClear."), ...FINISH],
    );
    session = await Session.start({ engine: "http", endpoint: models.endpoint });
  });
  after(async () => {
    await session.stop();
    await models.close();
  });
  beforeEach(() => {
    scripts = [];
  });

  const HELD = "First we look. Then we thi";
  /** A stream that thinks a sentence and a half, then waits until its client goes. */
  const held = (): Action[] => [...tokens(HELD), { do: "stall" }];
  const ask = (method: string, params: object) => session.client.request<SteerResult>(method, params);
  const prompts = () => models.requests.map(({ prompt }) => prompt);
  const open = (thought: string) => chatml({ message: MESSAGE, thought, answer: null });

  /** Begins a run that hangs in its second sentence. */
  async function begin(
    uri = "untitled:steer.tex",
    more: object = {},
  ): Promise<{ runId: string; answer: Promise<Result>; from: number; id: number }> {
    const from = models.requests.length;
    scripts.unshift(held);
    session.open(TEXT, uri);
    const { id, answer } = session.client.begin<Result>("qed/prove", { ...at(uri, TEXT, "The sum"), ...more }, 30_000);
    const before = session.lastStarted()?.id;
    await session.client.until("it hangs in its second sentence", () => {
      const started = session.lastStarted()?.id;
      if (started === undefined || started === before) return false;
      return session.stored(started)?.run.thought.text === HELD;
    });
    return { runId: session.lastStarted()!.id, answer, from, id };
  }

  it("finishes now, and says so wherever the run appears", async () => {
    scripts = [() => [...tokens("Clear."), ...FINISH]];
    const { runId, answer, from } = await begin();
    assert.deepEqual(await ask("qed/run/finishNow", { runId }), { problem: null });
    const { outcome, offers } = await answer;
    assert.equal(outcome.kind, "proved");
    assert.deepEqual(offers, []);
    assert.deepEqual(prompts().slice(from), [
      open(""),
      chatml({ message: MESSAGE, thought: `First we look.${EARLY_STOP}`, answer: "" }),
    ]);
    const label = /^thinking cut at \d+ tokens, when you asked for the proof$/;
    assert.match("early" in outcome ? (outcome.early ?? "") : "", label);
    const edit = await session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId });
    assert.ok("edits" in edit);
    assert.match(edit.labels[0]!, label);
    assert.doesNotMatch(edit.edits[0]!.newText, /qed: by/, "no comment unless it is asked for");
    const runs = await session.client.request<RunListEntry[]>("qed/runs", null);
    assert.match(runs.find(({ id }) => id === runId)?.early ?? "", label);
    assert.deepEqual(session.events(runId), session.storedEvents(runId));
  });

  it("takes a hint into the thought", async () => {
    const { runId, answer, from } = await begin();
    assert.deepEqual(await ask("qed/run/hint", { runId, hint: "Count them." }), { problem: null });
    assert.equal((await answer).outcome.kind, "proved");
    assert.deepEqual(prompts().slice(from), [open(""), open(`First we look.${hintText("Count them.")}`)]);
    assert.match(
      session.stored(runId)!.run.thought.text,
      /^First we look\.\n\nWait, I am given a hint: Count them\.\n\nHm\./,
    );
  });

  it("pauses and resumes: both requests are answered when the run has ended", async () => {
    const { runId, answer, from } = await begin();
    assert.deepEqual(await ask("qed/run/pause", { runId }), { problem: null });
    await session.client.until("it stands", () => session.stored(runId)?.run.phase === "paused");
    await session.client.until("the engine is free", () => models.requests[from]!.abandoned);
    const [entry] = await session.client
      .request<RunListEntry[]>("qed/runs", { uri: "untitled:steer.tex" })
      .then((runs) => runs.filter(({ id }) => id === runId));
    assert.equal(entry?.state, "paused");
    const resumed = session.client.request<Result>("qed/run/resume", { runId }, 30_000);
    const [first, second] = await Promise.all([answer, resumed]);
    assert.equal(first.outcome.kind, "proved");
    assert.deepEqual(second, first);
    assert.deepEqual(prompts().slice(from), [open(""), open(HELD)]);
    let next = 0;
    for (const batch of session.batches(runId)) {
      assert.equal(batch.first, next);
      next += batch.events.length;
    }
  });

  it("leaves a run paused when the server is shut down; the next server resumes it with the exact text", async () => {
    const { runId, answer, from } = await begin();
    answer.catch(() => {});
    await session.client.request("shutdown");
    session.client.notify("exit");
    await session.client.end();
    const { run } = session.stored(runId)!;
    assert.equal(run.outcome, null);
    assert.equal(run.phase, "paused");
    const next = await Session.start({ engine: "http", endpoint: models.endpoint }, {}, session.state);
    session = next;
    const result = await session.client.request<Result>("qed/run/resume", { runId }, 30_000);
    assert.equal(result.outcome.kind, "proved");
    assert.deepEqual(prompts().slice(from), [open(""), open(HELD)]);
    const batches = session.batches(runId);
    assert.ok(batches[0]!.first > 0, "its events go on from those on disk");
    assert.deepEqual(session.storedEvents(runId).slice(batches[0]!.first), session.events(runId));
    assert.match(session.stored(runId)!.run.thought.text, /^First we look\. Then we thiHm\.$/m);
  });

  it("stops by its own request, and resumes what was stopped", async () => {
    const { runId, answer } = await begin();
    assert.deepEqual(await ask("qed/run/stop", { runId }), { problem: null });
    const stopped = await answer;
    assert.equal(stopped.outcome.kind, "cancelled");
    assert.deepEqual(stopped.offers, ["resume"]);
    assert.equal((await session.client.request<Result>("qed/run/resume", { runId })).outcome.kind, "proved");
    const over = await session.client.request<Result>("qed/run/resume", { runId });
    assert.equal("code" in over.outcome && over.outcome.code, "run.over");
  });

  it("branches a run that is going on: it is paused, and its child goes on from the edited text", async () => {
    const { runId, answer, from } = await begin();
    const child = await session.client.request<Result>("qed/run/branch", {
      runId,
      part: "thought",
      offset: "First we look.".length,
      text: " Let me count.",
    });
    assert.equal(child.outcome.kind, "proved");
    assert.equal(prompts()[from + 1], open("First we look. Let me count."));
    assert.equal(session.stored(child.runId!)!.run.header.parent, runId);
    assert.equal(session.stored(runId)!.run.phase, "paused");
    await ask("qed/run/stop", { runId });
    assert.equal((await answer).outcome.kind, "cancelled");
  });

  it("offers a summary when a budget is used up, and solves again from it", async () => {
    const from = models.requests.length;
    scripts = [
      () => [...tokens("One. Two. Three. Four. Five. Six."), { do: "stall" }],
      () => [...tokens("Not much."), ...FINISH],
      () => [...tokens("Three numbers were named."), ...FINISH],
    ];
    const uri = session.open(TEXT, "untitled:budget.tex");
    const first = await session.client.request<Result>("qed/prove", { ...at(uri, TEXT, "The sum"), budget: 3 });
    assert.deepEqual(first.offers, ["summarise"]);
    const second = await session.client.request<Result>("qed/run/summarise", { runId: first.runId });
    assert.equal(second.outcome.kind, "proved");
    assert.match(
      prompts()[from + 2]!,
      /Three\.\n\n I have to stop here\.[^\n]+\n<\/think>\n\n\*\*Summary of my work so far\.\*\* $/,
    );
    assert.match(prompts()[from + 3]!, /write a complete proof:\nThree numbers were named\.<\|im_end\|>/);
  });

  it("proves several at once, with seeds of their own", async () => {
    const from = models.requests.length;
    const uri = session.open(TEXT, "untitled:several.tex");
    const { group, runs } = await session.client.request<ProveSeveralRequest.Result>("qed/proveSeveral", {
      ...at(uri, TEXT, "The sum"),
      count: 3,
      seed: 4_294_967_295,
    });
    assert.equal(runs.length, 3);
    for (const { outcome } of runs) assert.equal(outcome.kind, "proved");
    assert.deepEqual(
      models.requests
        .slice(from)
        .map(({ body }) => body.seed)
        .toSorted(),
      [0, 1, 4_294_967_295],
    );
    const listed = await session.client.request<RunListEntry[]>("qed/runs", { group });
    assert.deepEqual(listed.map(({ origin }) => origin?.kind === "sample" && origin.index).toSorted(), [0, 1, 2]);
  });

  it("proves differently: another seed, and the approaches so far are named", async () => {
    const from = models.requests.length;
    const uri = session.open(TEXT, "untitled:other.tex");
    await session.client.request<Result>("qed/prove", at(uri, TEXT, "The sum"));
    const { runId } = await session.client.request<Result>("qed/prove", {
      ...at(uri, TEXT, "The sum"),
      differently: true,
    });
    assert.match(prompts()[from + 1]!, /with a different main idea:\n1\. Clear\.<\|im_end\|>/);
    assert.notEqual(models.requests[from]!.body.seed, models.requests[from + 1]!.body.seed);
    assert.equal(session.stored(runId!)!.run.header.origin?.kind, "different");
  });

  it("asks before it runs what the model can't do", async () => {
    const text =
      "\\begin{theorem}Soit $G$ un groupe dans lequel tous les carrés sont triviaux. Alors $G$ est abélien.\\end{theorem}\n";
    const uri = session.open(text, "untitled:french.tex");
    const from = models.requests.length;
    const refused = await session.client.request<Result>("qed/prove", at(uri, text, "Soit"));
    assert.equal(refused.runId, null);
    assert.equal("code" in refused.outcome && refused.outcome.code, "statement.out-of-domain");
    assert.match(
      "message" in refused.outcome ? refused.outcome.message : "",
      /French, and the model was trained on English only/,
    );
    assert.equal(models.requests.length, from);
    const forced = await session.client.request<Result>("qed/prove", { ...at(uri, text, "Soit"), force: true });
    assert.equal(forced.outcome.kind, "proved");
  });

  it("writes where a proof comes from only if that is asked for", async () => {
    session.client.configuration = { engine: "http", endpoint: models.endpoint, provenance: true };
    const uri = session.open(TEXT, "untitled:provenance.tex");
    const { runId } = await session.client.request<Result>("qed/prove", at(uri, TEXT, "The sum"));
    const edit = await session.client.request<ProofEditRequest.Result>("qed/proofEdit", { runId });
    assert.ok("edits" in edit);
    assert.match(
      applied(TEXT, edit.edits),
      /\\begin\{proof\}\n% qed: by scripted, \d+ thinking tokens, not checked\nClear\.\n\\end\{proof\}/,
    );
    session.client.configuration = { engine: "http", endpoint: models.endpoint };
  });

  it("says that a run was written by a newer version, and leaves it as it is", async () => {
    const runId = "20990101T000000-00000000";
    writeFileSync(
      join(session.state, "runs", `${runId}.jsonl`),
      `${JSON.stringify({ ...HEADER, id: runId, schema: 99 })}\n`,
    );
    await assert.rejects(session.client.request("qed/run", { runId }), /written by a newer version/);
    const edit = await session.client.request<{ problem: string }>("qed/proofEdit", { runId });
    assert.match(edit.problem, /written by a newer version/);
    const resumed = await session.client.request<Result>("qed/run/resume", { runId });
    assert.match("message" in resumed.outcome ? resumed.outcome.message : "", /written by a newer version/);
    const listed = await session.client.request<object[]>("qed/runs", {});
    assert.deepEqual(listed.at(-1), { id: runId, newer: 99 });
  });

  it("says what can't be done with a run that is not going on", async () => {
    for (const [method, more] of [
      ["finishNow", {}],
      ["hint", { hint: "x" }],
      ["pause", {}],
      ["stop", {}],
    ] as const) {
      const { problem } = await ask(`qed/run/${method}`, { runId: "20250101T000000-00000000", ...more });
      assert.match(problem!, /^This run is not going on in this window\.$/);
    }
    const gone = await session.client.request<Result>("qed/run/summarise", { runId: "20250101T000000-00000000" });
    assert.match("message" in gone.outcome ? gone.outcome.message : "", /no longer on disk/);
  });

  for (const [method, params] of [
    ["qed/run/hint", { runId: "x" }],
    ["qed/run/finishNow", {}],
    ["qed/run/branch", { runId: "x", part: "middle", offset: 0, text: "" }],
    ["qed/run/branch", { runId: "x", part: "thought", offset: -1, text: "" }],
    ["qed/run/branch", { runId: "x", part: "thought", offset: 1 }],
    ["qed/run/resume", { runId: 5 }],
    ["qed/run/resume", { runId: "x", whenHeld: "ask" }],
    ["qed/runs", { uri: 7 }],
    ["qed/proveSeveral", { textDocument: { uri: "untitled:x.tex" }, position: { line: 0, character: 0 }, count: 1 }],
    ["qed/prove", { textDocument: { uri: "untitled:x.tex" }, position: { line: 0, character: 0 }, force: "yes" }],
  ] as const) {
    it(`says what ${method} takes, given ${JSON.stringify(params)}`, async () => {
      await assert.rejects(session.client.request(method, params), { code: -32602 });
    });
  }
});

describe("steering over stdio, with the rehearsal model", function () {
  this.timeout(40_000);
  let session: Session;
  before(async () => {
    session = await Session.start({ loopGuard: false });
  });
  after(() => session.stop());

  /** Begins the endless thought and waits until it has gone round once. */
  async function endless(): Promise<{ runId: string; answer: Promise<Result> }> {
    const uri = session.open(LOOP, "untitled:loop.tex");
    const { answer } = session.client.begin<Result>("qed/prove", at(uri, LOOP, "There are"), 30_000);
    const before = session.lastStarted()?.id;
    await session.client.until("it thinks", () => {
      const id = session.lastStarted()?.id;
      return id !== undefined && id !== before && session.events(id).length > 60;
    });
    return { runId: session.lastStarted()!.id, answer };
  }

  it("finishes an endless thought now", async () => {
    const { runId, answer } = await endless();
    assert.deepEqual(await session.client.request("qed/run/finishNow", { runId }), { problem: null });
    const { outcome } = await answer;
    assert.equal(outcome.kind, "proved", JSON.stringify(outcome));
    assert.match(session.stored(runId)!.run.answer!.text, /is rational/);
  });

  it("takes a hint that it has learned, and refuses any other", async () => {
    const { runId, answer } = await endless();
    const other = await session.client.request<SteerResult>("qed/run/hint", {
      runId,
      hint: "Try the axiom of choice.",
    });
    assert.match(other.problem!, /rehearsal model/);
    const hint = "Look at the root of two to the power of itself.";
    assert.deepEqual(await session.client.request("qed/run/hint", { runId, hint }), { problem: null });
    assert.equal((await answer).outcome.kind, "proved");
    assert.match(session.stored(runId)!.run.answer!.text, /so is the power that we look for/);
  });

  it("goes on after the server was killed", async () => {
    const { runId, answer } = await endless();
    answer.catch(() => {});
    process.kill(session.client.pid, "SIGKILL");
    await session.client.end();
    session = await Session.start(null, {}, session.state);
    const listed = await session.client.request<RunListEntry[]>("qed/runs", null);
    assert.equal(listed.find(({ id }) => id === runId)?.state, "interrupted");
    const resumed = session.client.request<Result>("qed/run/resume", { runId }, 30_000);
    // Its guard is off, as it was when it began.
    await session.client.until("it thinks again", () => session.events(runId).length > 60);
    assert.deepEqual(await session.client.request("qed/run/finishNow", { runId }), { problem: null });
    const { outcome } = await resumed;
    assert.equal(outcome.kind, "proved", JSON.stringify(outcome));
    const quick = session.open(QUICK, "untitled:quick.tex");
    assert.equal(
      (await session.client.request<Result>("qed/prove", at(quick, QUICK, "The sum"))).outcome.kind,
      "proved",
    );
  });
});
