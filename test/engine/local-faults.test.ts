import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompletionRequest } from "../../server/src/engine/engine.js";
import { LocalEngine } from "../../server/src/engine/local/local-engine.js";
import { type SomeModel, someModel } from "../prover/pieces.js";
import { prove, type Trial, toldThought } from "../prover/trial.js";
import { isAlive, openTapped, type TappedEngine, until } from "./local-child.js";

const never = new AbortController().signal;
const SET_UP = '"QED: Set Up Model"';

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
      { code: "context.exceeded", message: /Shorten it, or raise "qed.contextSize"\.$/ },
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

  it("does one completion after another, and says who waits", async () => {
    const { engine } = tapped;
    await engine.capabilities(never);
    const [first, second] = await Promise.all([prove(engine, model.quick), prove(engine, model.quick)]);
    assert.deepEqual([first.run.outcome?.kind, second.run.outcome?.kind], ["proved", "proved"]);
    assert.equal(first.run.answer?.text, second.run.answer?.text);
    assert.ok(second.events.some((event) => event.type === "phase" && event.phase === "waiting"));
  });

  /** The engine has another process now, the old one is gone, and it proves. */
  async function assertProvesNow(old: number): Promise<void> {
    const { run } = await prove(tapped.engine, model.quick);
    assert.equal(run.outcome?.kind, "proved");
    await until("the old process is gone", () => !isAlive(old));
    assert.notEqual(tapped.engine.pid, old);
  }
});

describe("a model file that", () => {
  let model: SomeModel;
  let folder: string;

  before(function () {
    const found = someModel();
    if (found === null) this.skip();
    else model = found;
    folder = mkdtempSync(join(tmpdir(), "qed-models-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  async function tryModel(path: string): Promise<{ readonly trial: Trial; readonly engine: LocalEngine }> {
    const { engine, close } = await openTapped(path);
    try {
      const trial = await prove(engine, model.quick);
      const { pid } = engine;
      if (pid !== null) await until("the process is gone", () => !isAlive(pid));
      return { trial, engine };
    } finally {
      await close();
    }
  }

  it("is not there is named, with the next step, and no process is started", async () => {
    const path = join(folder, "nothing.gguf");
    const { trial, engine } = await tryModel(path);
    assertFailed(trial, "model.missing", [path, '"qed.model"', SET_UP]);
    assert.equal(engine.pid, null);
  });

  for (const [name, content] of Object.entries({ "is empty": "", "is text": "Not a model.\n", "is short": "GG" })) {
    it(`${name} is called damaged, and no process is started`, async () => {
      const path = join(folder, `${name.replaceAll(" ", "-")}.gguf`);
      writeFileSync(path, content);
      const { trial, engine } = await tryModel(path);
      assertFailed(trial, "model.corrupt", [path, SET_UP]);
      assert.equal(engine.pid, null);
    });
  }

  it("is a folder is called damaged", async () => {
    const path = join(folder, "folder.gguf");
    mkdirSync(path);
    assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
  });

  for (const [name, bytes] of Object.entries({ metadata: 2000, weights: -50_000 })) {
    it(`ends in its ${name} is called damaged, and its process is gone`, async () => {
      const path = join(folder, `cut-${name}.gguf`);
      writeFileSync(path, readFileSync(model.path).subarray(0, bytes));
      assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
    });
  }

  it("begins like a model and is noise is called damaged", async () => {
    const path = join(folder, "noise.gguf");
    writeFileSync(path, Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(4096, 0xff)]));
    assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
  });

  it("is put right between two runs is loaded by the second", async () => {
    const path = join(folder, "later.gguf");
    const { engine, close } = await openTapped(path);
    try {
      assertFailed(await prove(engine, model.quick), "model.missing", [path]);
      writeFileSync(path, readFileSync(model.path));
      assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
    } finally {
      await close();
    }
  });

  it("has no engine to run it gives one clear sentence", async () => {
    const engine = new LocalEngine({
      childPath: join(folder, "no-child.js"),
      modelPath: model.path,
      gpu: false,
      contextSize: 2048,
      sampling: { temperature: 0, topP: 1 },
    });
    assertFailed(await prove(engine, model.quick), "engine.crashed", ["again"]);
    await engine.dispose();
  });
});

function request(message: string): CompletionRequest {
  return {
    prompt: { message, thought: "", answer: null },
    maxTokens: 100,
    sampling: { temperature: 0, topP: 1 },
    seed: 1,
  };
}

function assertCrashed(trial: Trial): void {
  assertFailed(trial, "engine.crashed", ["What it wrote is kept", '"QED: Prove This Statement" again']);
}

function assertFailed({ run, stored }: Trial, code: string, says: readonly string[]): void {
  assert.equal(run.outcome?.kind, "failed", JSON.stringify(run.outcome));
  const outcome = run.outcome as { readonly code: string; readonly message: string };
  assert.equal(outcome.code, code, outcome.message);
  for (const part of says) assert.ok(outcome.message.includes(part), `${outcome.message} says ${part}`);
  assert.doesNotMatch(outcome.message, /[\n\r]|\bat .+:\d+:\d+/);
  assert.deepEqual(stored, run);
}
