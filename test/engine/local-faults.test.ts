import assert from "node:assert/strict";
import type { CompletionRequest } from "../../server/src/engine/engine.js";
import { type SomeModel, someModel } from "../prover/pieces.js";
import { assertFailed, prove, type Trial, toldThought } from "../prover/trial.js";
import { isAlive, openTapped, type TappedEngine, until } from "./local-child.js";

const never = new AbortController().signal;

describe("the process of the local engine", () => {
  let model: SomeModel;
  let tapped: TappedEngine;

  before(function () {
    const found = someModel();
    if (found === null) this.skip();
    else model = found;
  });
  // One engine for most of the tests: a start takes a second and more.
  before(async () => {
    tapped = await openTapped(model.path);
  });
  after(() => tapped?.close());

  it("does not outlive an engine that ends while it starts", async () => {
    const { engine } = await openTapped(model.path);
    const loading = assert.rejects(engine.capabilities(never), { code: "engine.crashed" });
    await engine.dispose();
    await loading;
    assert.equal(engine.pid, null);
  });

  it("does not outlive an engine that ends while it loads", async () => {
    const { engine } = await openTapped(model.path);
    const loading = assert.rejects(engine.capabilities(never), { code: "engine.crashed" });
    await until("the process is there", () => engine.pid !== null);
    const pid = engine.pid!;
    await engine.dispose();
    await loading;
    assert.ok(!isAlive(pid));
  });

  it("tells a run that its engine was shut down, not that it crashed", async () => {
    const other = await openTapped(model.path);
    const trial = prove(other.engine, model.quick, {
      onEvent: (event) => {
        if (event.type === "thought") void other.engine.dispose();
      },
    });
    assertFailed(await trial, "engine.crashed", ["The engine has been shut down. Try again."]);
    await other.close();
  });

  it("goes on loading after a cancel, for the next run", async () => {
    const other = await openTapped(model.path);
    const { engine } = other;
    const cancel = new AbortController();
    const trial = prove(engine, model.quick, { signal: cancel.signal });
    await until("the process is there", () => engine.pid !== null);
    const { pid } = engine;
    cancel.abort();
    assert.equal((await trial).run.outcome?.kind, "cancelled");
    assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
    assert.equal(engine.pid, pid);
    assert.ok(isAlive(pid!));
    await other.close();
    assert.ok(!isAlive(pid!));
    await assert.rejects(engine.capabilities(never), { code: "engine.crashed" });
  });

  it("killed while it loads fails the run, and the next one works", async () => {
    const { engine } = tapped;
    assert.equal(engine.pid, null, "not started before it is used");
    const trial = prove(engine, model.quick);
    await until("the process is there", () => engine.pid !== null);
    const pid = engine.pid!;
    process.kill(pid, "SIGKILL");
    assertCrashed(await trial);
    await assertProvesNow(pid);
  });

  it("killed while it thinks fails the run, keeps the thought, and the next run works", async () => {
    const { engine } = tapped;
    let pid = 0;
    const trial = await prove(engine, model.long, {
      onEvent: ({ type }) => {
        if (type !== "thought" || pid !== 0) return;
        pid = engine.pid!;
        process.kill(pid, "SIGKILL");
      },
    });
    assertCrashed(trial);
    assert.ok(trial.stored.thought.text.length > 0);
    assert.equal(trial.stored.thought.text, toldThought(trial.events));
    assert.equal(trial.stored.answer, null);
    await assertProvesNow(pid);
  });

  it("killed while it writes fails the run and keeps the answer", async () => {
    const { engine } = tapped;
    let pid = 0;
    const trial = await prove(engine, model.quick, {
      onEvent: (event) => {
        if (event.type !== "answer" || event.tokens < 3 || pid !== 0) return;
        pid = engine.pid!;
        process.kill(pid, "SIGKILL");
      },
    });
    assertCrashed(trial);
    assert.ok((trial.stored.answer?.text.length ?? 0) > 0);
  });

  it("killed while it is idle does not even fail the next run", async () => {
    const { engine } = tapped;
    await engine.capabilities(never);
    const pid = engine.pid!;
    process.kill(pid, "SIGKILL");
    await until("the process is gone", () => engine.pid === null);
    await assertProvesNow(pid);
  });

  it("killed just before it is asked does not even fail that", async () => {
    const { engine } = tapped;
    await engine.capabilities(never);
    process.kill(engine.pid!, "SIGKILL");
    // Its end is not known yet: nothing was awaited.
    let text = "";
    for await (const event of engine.complete(request("Say it."), never)) if (event.type === "text") text += event.text;
    assert.notEqual(text, "");
  });

  it("reads a long prompt in slices, and no further after a cancel", async () => {
    const { engine, messages } = tapped;
    const cancel = new AbortController();
    const message = "Let us see whether this is so. ".repeat(180);
    await assert.rejects(
      async () => {
        for await (const event of engine.complete(request(message), cancel.signal)) {
          if (event.type === "reading" && event.evaluated > 0) cancel.abort();
        }
      },
      { name: "AbortError" },
    );
    const told = () =>
      messages().flatMap((message) => ("from" in message && "id" in message.from ? [message.from] : []));
    const { id } = told().at(-1)!;
    await until("the process reports the end", () =>
      told().some((message) => message.type === "cancelled" && message.id === id),
    );
    const ours = told().filter((message) => message.id === id);
    const end = ours.at(-1);
    assert.ok(end?.type === "cancelled");
    const reading = ours.flatMap((message) => (message.type === "reading" ? [message] : []));
    assert.ok(reading.length < 12);
    assert.ok(end.usage.evaluated < reading[0]!.total, `${end.usage.evaluated} of ${reading[0]!.total} tokens`);
    assert.equal(end.usage.generated, 0);
    assert.equal(reading.at(-1)?.evaluated, end.usage.evaluated + end.usage.reused);
  });

  it("says when a prompt is longer than its context, and goes on", async () => {
    const { engine } = tapped;
    await assert.rejects(
      async () => {
        for await (const _ of engine.complete(request("one two three ".repeat(20_000)), never));
      },
      { code: "context.exceeded", message: /Shorten the statement, .*, or raise "qed.contextSize"\.$/ },
    );
    assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
  });

  it("keeps what it has evaluated when the next prompt goes on from there", async () => {
    const { engine } = tapped;
    const { run } = await prove(engine, model.quick);
    const prompt = { ...run.header.prompt, thought: run.thought.text.trimEnd(), answer: run.answer?.text ?? "" };
    for await (const event of engine.complete({ ...request(""), prompt, maxTokens: 1 }, never)) {
      if (event.type !== "end") continue;
      const { evaluated, reused } = event.usage;
      assert.ok(reused > 5 * evaluated, `${evaluated} evaluated, ${reused} reused`);
    }
  });

  it("writes the same text again for the same seed, also when it samples", async () => {
    const sample = async (seed: number) => {
      let text = "";
      const sampling = { temperature: 1.5, topP: 0.95 };
      const asked = { ...request("Prove it."), sampling, seed, maxTokens: 40 };
      for await (const event of tapped.engine.complete(asked, never)) if (event.type === "text") text += event.text;
      return text;
    };
    const seed = 3_000_000_000;
    const first = await sample(seed);
    await sample(2);
    assert.equal(await sample(seed), first);
    assert.notEqual(await sample(4), first);
    process.kill(tapped.engine.pid!, "SIGKILL");
    await until("the process is gone", () => tapped.engine.pid === null);
    assert.equal(await sample(seed), first, "also in another process");
  });

  it("does several completions at once, and says who waits when there are more", async () => {
    const other = await openTapped(model.path, { sequences: 2 });
    const { engine } = other;
    assert.equal((await engine.capabilities(never)).parallel, 2);
    const trials = await Promise.all([1, 2, 3].map(() => prove(engine, model.quick)));
    assert.deepEqual(
      trials.map(({ run }) => run.outcome?.kind),
      ["proved", "proved", "proved"],
    );
    assert.equal(new Set(trials.map(({ run }) => run.answer?.text)).size, 1);
    const waited = trials.map(({ events }) =>
      events.some((event) => event.type === "phase" && event.phase === "waiting"),
    );
    assert.deepEqual(waited, [false, false, true]);
    await other.close();
  });

  /** The engine has another process now, the old one is gone, and it proves. */
  async function assertProvesNow(old: number): Promise<void> {
    const { run } = await prove(tapped.engine, model.quick);
    assert.equal(run.outcome?.kind, "proved");
    await until("the old process is gone", () => !isAlive(old));
    assert.notEqual(tapped.engine.pid, old);
  }
});

function request(message: string): CompletionRequest {
  return {
    lane: "run",
    prompt: { message, thought: "", answer: null },
    maxTokens: 100,
    sampling: { temperature: 0, topP: 1 },
    seed: 1,
  };
}

function assertCrashed(trial: Trial): void {
  assertFailed(trial, "engine.crashed", ["What it wrote is kept", '"QED: Prove This Statement" again']);
}
