import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompletionRequest, Lane, Usage } from "../../server/src/engine/engine.js";
import type { LocalEngine } from "../../server/src/engine/local/local-engine.js";
import { type SomeModel, someModel } from "../prover/pieces.js";
import { assertFailed, prove } from "../prover/trial.js";
import { isAlive, openTapped, until } from "./local-child.js";

const never = new AbortController().signal;
/** About 600 tokens of the miniature. */
const LONG = "Let us see whether this is so, and if it is, why it is. ".repeat(40);

describe("the life of the local engine", () => {
  let model: SomeModel;
  let state = "";
  const closing: (() => Promise<void>)[] = [];

  before(function () {
    const found = someModel();
    if (found === null) this.skip();
    else model = found;
  });
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "qed-life-"));
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    rmSync(state, { recursive: true, force: true });
  });

  async function open(...args: Parameters<typeof openTapped> extends [string, ...infer Rest] ? Rest : never) {
    const tapped = await openTapped(model.path, ...args);
    closing.push(tapped.close);
    return tapped;
  }

  /** An engine that keeps a state of every prompt. */
  const keeping = () => ({ stateDirectory: state, cacheAfterMs: 0, limits: { idleMinutes: 0, cacheGB: 1 } });

  async function letGo(engine: LocalEngine): Promise<void> {
    const pid = engine.pid!;
    engine.adjust({ idleMinutes: 1e-5, cacheGB: 1 });
    await until("the model is let go", () => engine.pid === null && !isAlive(pid));
    engine.adjust({ idleMinutes: 0, cacheGB: 1 });
  }

  const stateFiles = () =>
    readdirSync(state, { recursive: true, encoding: "utf8" })
      .filter((name) => /^prefixes.*\.(?:state|json)$/.test(name))
      .map((name) => join(state, name));

  it("ends its process when it had nothing to do for the idle time, and loads again at the next use", async () => {
    const { engine } = await open({ limits: { idleMinutes: 0.002, cacheGB: 0 } });
    assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
    const pid = engine.pid;
    await until("the process has ended", () => engine.pid === null);
    if (pid !== null) await until("it is gone", () => !isAlive(pid));
    assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
  });

  it("is not let go while it works, however short the idle time", async () => {
    const { engine } = await open({ limits: { idleMinutes: 1e-5, cacheGB: 0 } });
    const pids = new Set<number | null>();
    const trial = await prove(engine, model.long, {
      onEvent: ({ type }) => void (type === "thought" && pids.add(engine.pid)),
    });
    assert.equal(trial.run.outcome?.kind, "proved");
    assert.equal(pids.size, 1);
  });

  it("takes a new idle time without ending what goes on", async () => {
    const { engine } = await open({ limits: { idleMinutes: 0, cacheGB: 0 } });
    await engine.capabilities(never);
    const pid = engine.pid;
    engine.adjust({ idleMinutes: 100, cacheGB: 0 });
    assert.equal(engine.pid, pid);
    engine.adjust({ idleMinutes: 1e-5, cacheGB: 0 });
    await until("the model is let go", () => engine.pid === null);
  });

  it("reads at most one token in twenty of a prompt that it has read before, and says so exactly", async () => {
    const { engine } = await open();
    const first = await complete(engine, "run", LONG);
    const second = await complete(engine, "run", LONG);
    assert.equal(first.usage.reused, 0);
    assert.deepEqual(second.usage, { ...first.usage, evaluated: 1, reused: first.usage.evaluated - 1 });
    assert.equal(second.text, first.text);
  });

  it("keeps several prompts at once, each in the sequence that holds most of it", async () => {
    const { engine } = await open();
    const prompts = ["one ", "two ", "three "].map((word) => word.repeat(60));
    for (const prompt of prompts) await complete(engine, "run", prompt);
    for (const prompt of prompts) assert.equal((await complete(engine, "run", prompt)).usage.evaluated, 1, prompt);
  });

  it("reads a prompt only once, also when its model was let go meanwhile", async () => {
    const { engine } = await open(keeping());
    const first = await complete(engine, "run", LONG);
    await until("the state is on disk", () => stateFiles().length === 2);
    await letGo(engine);
    const second = await complete(engine, "run", LONG);
    assert.deepEqual(second.usage, { ...first.usage, evaluated: 1, reused: first.usage.evaluated - 1 });
    assert.equal(second.text, first.text);
    const other = await complete(engine, "run", `${LONG} But no.`);
    assert.ok(other.usage.reused >= first.usage.evaluated - 20, "a state also serves a prompt that begins like it");
  });

  it("reads a prompt itself when its state is damaged, and removes that", async () => {
    const { engine } = await open(keeping());
    const first = await complete(engine, "run", LONG);
    await until("the state is on disk", () => stateFiles().length === 2);
    await letGo(engine);
    const damaged = stateFiles().find((path) => path.endsWith(".state"))!;
    truncateSync(damaged, 1000);
    const second = await complete(engine, "run", LONG);
    assert.deepEqual(second.usage, first.usage);
    assert.equal(second.text, first.text);
  });

  it("reads the prompt of four reviews once for all of them", async () => {
    const { engine, messages } = await open(keeping());
    await engine.capabilities(never);
    const reviews = await Promise.all([1, 2, 3, 4].map((seed) => complete(engine, "review", LONG, { seed })));
    const total = reviews[0]!.usage.evaluated + reviews[0]!.usage.reused;
    assert.deepEqual(
      reviews.map(({ usage }) => usage.evaluated).sort((a, b) => b - a),
      [total, 1, 1, 1],
    );
    assert.equal(new Set(reviews.map(({ text }) => text)).size, 1);
    const queued = messages().filter((message) => "from" in message && message.from.type === "queued");
    assert.equal(queued.length, 0);
  });

  it("lets typing go before runs and reviews, which stand still meanwhile", async () => {
    const { engine, messages } = await open();
    await engine.capabilities(never);
    const cancel = new AbortController();
    const runs = [1, 2, 3, 4, 5].map((seed) =>
      complete(engine, seed > 2 ? "review" : "run", LONG, { seed, maxTokens: 3000, signal: cancel.signal }).catch(
        () => {},
      ),
    );
    const texts = () => messages().filter((message) => "from" in message && message.from.type === "texts").length;
    await until("the runs write", () => texts() > 10);
    const typed = await complete(engine, "typing", "Say it.", { maxTokens: 20 });
    assert.ok(typed.usage.generated > 0);
    const after = texts();
    await until("the runs go on", () => texts() > after + 5);
    cancel.abort();
    await Promise.all(runs);
    const told = messages().flatMap((message) => ("from" in message && "id" in message.from ? [message.from] : []));
    const typing = told.findIndex(({ id, type }) => id === 6 && type === "started");
    const end = told.findIndex(({ id, type }) => id === 6 && type === "end");
    const between = told.slice(typing, end).filter(({ id }) => id !== 6);
    // The tokens that were on their way when typing began, one a sequence.
    assert.ok(between.length <= 8, `${between.length} messages of others while typing works`);
  });

  it("says twice that it crashed, and the third time in a row that trying again is no remedy", async () => {
    const { engine } = await open();
    const crash = async () => {
      const trial = prove(engine, model.quick);
      await until("the process is there", () => engine.pid !== null);
      process.kill(engine.pid!, "SIGKILL");
      return trial;
    };
    assertFailed(await crash(), "engine.crashed", ["again"]);
    assertFailed(await crash(), "engine.crashed", ["again"]);
    assertFailed(await crash(), "engine.unstable", ["in a row", '"QED: Show Set-Up Information"']);
    assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
    let killed = false;
    const last = await prove(engine, model.long, {
      onEvent: ({ type }) => {
        if (type === "thought" && !killed) killed = process.kill(engine.pid!, "SIGKILL");
      },
    });
    assertFailed(last, "engine.crashed", ["again"]);
  });

  it("ends a process whose event loop is blocked, keeps what it wrote, and works again", async () => {
    const blocking = `
      const send = process.send.bind(process);
      let texts = 0;
      process.send = (message) => { send(message); if (message.type === "texts" && ++texts === 3) block(); };
      function block() { setImmediate(() => { for (;;); }); }`;
    const patience = { silenceMs: 4000, standstillMs: 60_000 };
    const { engine } = await open({ patience }, blocking);
    const trial = await prove(engine, model.long);
    assertFailed(trial, "engine.crashed", ["stopped answering", "is kept", "again"]);
    assert.ok(trial.stored.thought.text.length > 0);
    assert.equal(engine.pid, null);
  });

  it("ends a process that goes on living without getting on", async () => {
    const stuck = `
      const send = process.send.bind(process);
      process.send = (message) => { if (message.type !== "texts" && message.type !== "end") send(message); };`;
    const patience = { silenceMs: 6000, standstillMs: 4000 };
    const { engine } = await open({ patience }, stuck);
    assertFailed(await prove(engine, model.long), "engine.crashed", ["stopped answering"]);
  });

  it("leaves a process alone that has nothing to say because it has nothing to do", async () => {
    const { engine } = await open({ patience: { silenceMs: 4000, standstillMs: 4000 } });
    await engine.capabilities(never);
    const { pid } = engine;
    const end = Date.now() + 5500;
    await until("its patience would be over", () => Date.now() > end);
    assert.equal(engine.pid, pid);
  });
});

/** Asks for a text and gives it with what it cost. */
async function complete(
  engine: LocalEngine,
  lane: Lane,
  message: string,
  { seed = 1, maxTokens = 30, signal = never }: { seed?: number; maxTokens?: number; signal?: AbortSignal } = {},
): Promise<{ readonly text: string; readonly usage: Usage }> {
  const prompt = { message, thought: "", answer: null };
  const request: CompletionRequest = { lane, prompt, maxTokens, sampling: { temperature: 0, topP: 1 }, seed };
  let text = "";
  for await (const event of engine.complete(request, signal)) {
    if (event.type === "text") text += event.text;
    else if (event.type === "end") return { text, usage: event.usage };
  }
  throw new Error("no end");
}
