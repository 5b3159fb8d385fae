import assert from "node:assert/strict";
import {
  type CompletionRequest,
  type Engine,
  type EngineCapabilities,
  EngineError,
} from "../../server/src/engine/engine.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { promptHash } from "../../server/src/prompt/prompt-hash.js";
import { GRACE } from "../../server/src/prover/budgets.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { runThoughtLoop } from "../../server/src/prover/thought-loop.js";
import { applyEvent, emptyRun } from "../../server/src/store/fold.js";
import type { Outcome, Run, RunEvent } from "../../server/src/store/run.js";
import { HEADER } from "../store/runs.js";
import { engineOf, type Written } from "./written-engine.js";

const OPEN: Prompt = { message: "Prove it.", thought: "", answer: null };

interface Result {
  readonly run: Run;
  readonly outcome: Outcome;
  readonly events: readonly RunEvent[];
  readonly requests: readonly CompletionRequest[];
  /** Tokens that were taken from the engine. */
  readonly given: number;
}

interface Trial {
  readonly thought?: number;
  readonly answer?: number;
  readonly prefix?: string;
  readonly capabilities?: Partial<EngineCapabilities>;
}

async function loop(written: readonly Written[], trial: Trial = {}): Promise<Result> {
  const { engine, requests, state } = engineOf(written, trial.capabilities);
  const events: RunEvent[] = [];
  const budget = { thought: trial.thought ?? 1000, answer: trial.answer ?? 1000 };
  const header = { ...HEADER, prompt: OPEN, prefix: trial.prefix ?? "", budget, seed: 7 };
  const run = await runThoughtLoop(
    engine,
    emptyRun(header),
    (event) => events.push(event),
    new AbortController().signal,
  );
  const outcome = run.outcome!;
  assert.equal(state.open, 0, "every stream is closed");
  assert.deepEqual(events.at(-1), { type: "outcome", outcome });
  assert.equal(events.filter(({ type }) => type === "outcome").length, 1);
  assert.deepEqual(events.reduce(applyEvent, emptyRun(header)), run);
  return { run, outcome, events, requests, given: state.given };
}

const rawPrompts = ({ requests }: Result) => requests.map(({ prompt }) => chatml(prompt));

describe("the thought loop", () => {
  it("finds the end of a thought wherever its tag is split", async () => {
    const text = "A thought.\n</think>\n\nA proof.";
    for (let cut = 1; cut < text.length; cut++) {
      const { run, outcome, requests } = await loop([{ texts: [text.slice(0, cut), text.slice(cut)] }]);
      assert.deepEqual(outcome, { kind: "proved" });
      assert.equal(run.thought.text, "A thought.\n");
      assert.equal(run.answer?.text, "A proof.", `split at ${cut}`);
      assert.equal(requests.length, 1);
    }
  });

  it("asks with the budgets, the seed and the sampling of the model", async () => {
    const { requests, events } = await loop([{ texts: ["</think>x"] }], { thought: 30, answer: 40 });
    assert.deepEqual(requests, [
      { lane: "run", prompt: OPEN, maxTokens: 30 + GRACE + 40, sampling: { temperature: 0.6, topP: 0.95 }, seed: 7 },
    ]);
    assert.deepEqual(
      events.find(({ type }) => type === "engine"),
      { type: "engine", engine: "http", model: "m", device: "d", rehearsal: false, temperature: 0.6, topP: 0.95 },
    );
  });

  it("stops the stream at </think> and asks for what follows the written part", async () => {
    const result = await loop([{ texts: ["Hm.", "\n", "</think>", "\n\n", "never"] }, { texts: [" and", " so on."] }], {
      prefix: "We see",
      answer: 50,
    });
    assert.deepEqual(result.outcome, { kind: "proved" });
    assert.equal(result.run.answer?.text, "We see and so on.");
    assert.deepEqual(rawPrompts(result), [chatml(OPEN), `${chatml(OPEN)}Hm.\n</think>\n\nWe see`]);
    assert.equal(result.requests[1]?.maxTokens, 50);
    assert.equal(result.given, 3 + 2, "nothing is taken from the first stream after the tag");
  });

  it("cuts a thought at the end of the sentence that uses the budget up", async () => {
    const texts = ["One.", " Two", " is", " longer.", " Three", " comes."];
    const result = await loop([{ texts }, { texts: ["Proof."] }], { thought: 2 });
    assert.deepEqual(result.outcome, { kind: "proved", early: "thinking cut at 5 tokens" });
    assert.deepEqual(rawPrompts(result)[1], `${chatml(OPEN)}One. Two is longer.${EARLY_STOP}\n</think>\n\n`);
    assert.deepEqual(result.run.thought, { text: "One. Two is longer.", tokens: 5, cut: true, early: "budget" });
    assert.equal(result.run.answer?.text, "Proof.");
    assert.equal(result.given, 5 + 1, "the thought is not read on");
  });

  it("cuts a thought where it stands when the grace is used up too", async () => {
    const texts = Array.from({ length: 2000 }, (_, index) => ` w${index}`);
    const result = await loop([{ texts }, { texts: ["Proof."] }], { thought: 10 });
    const kept = texts.slice(0, 10 + GRACE).join("");
    assert.equal(result.outcome.kind, "proved");
    assert.deepEqual(result.run.thought, { text: kept, tokens: 10 + GRACE, cut: true, early: "budget" });
    assert.equal(rawPrompts(result)[1], `${chatml(OPEN)}${kept}${EARLY_STOP}\n</think>\n\n`);
    assert.equal(result.given, 10 + GRACE + 1);
  });

  it("goes on to the proof in the same stream when a thought ends by itself within its grace", async () => {
    const result = await loop([{ texts: ["no", " end", " yet", "</think>", "Proof."] }], { thought: 2 });
    assert.deepEqual(result.outcome, { kind: "proved" });
    assert.equal(result.run.thought.cut, false);
    assert.equal(result.requests.length, 1);
  });

  it("closes a thought that the engine has no more room for", async () => {
    const result = await loop([{ texts: ["Half a", " sentence </th"], reason: "length" }, { texts: ["Proof."] }]);
    assert.deepEqual(result.outcome, { kind: "proved", early: "thinking cut at 2 tokens, when the context was full" });
    assert.match(rawPrompts(result)[1] ?? "", /Half a sentence/);
  });

  it("leaves room for the answer in a small context", async () => {
    const texts = Array.from({ length: 3000 }, (_, index) => ` So ${index}.`);
    const result = await loop([{ texts }, { texts: ["Proof."] }], {
      thought: 5000,
      capabilities: { contextSize: 2048 },
    });
    assert.equal(result.outcome.kind, "proved");
    assert.equal(result.run.thought.early, "room");
    assert.ok(result.run.thought.tokens < 2048 - GRACE - 10, `${result.run.thought.tokens} tokens of thought`);
  });

  it("says that a proof was cut short by its budget, or by the engine", async () => {
    const texts = ["</think>", "a", "b", "c", "d"];
    const own = await loop([{ texts }], { answer: 3 });
    assert.equal(own.outcome.kind, "cut-short");
    assert.equal(own.run.answer?.text, "abc");
    assert.equal(own.given, 4);
    assert.equal((await loop([{ texts, reason: "length" }])).outcome.kind, "cut-short");
  });

  it("never takes a thought for a proof", async () => {
    for (const texts of [[], ["Let $x$ be. Hence the claim. ∎"], ["Almost </think"]]) {
      const { run, outcome, events } = await loop([{ texts }]);
      assert.equal(outcome.kind, "no-proof");
      assert.equal(run.answer, null);
      assert.ok(!events.some(({ type }) => type === "answer"));
      assert.equal(run.thought.text, texts.join(""));
    }
  });

  it("finds no proof in an answer that is empty or blank", async () => {
    for (const texts of [["x</think>"], ["x</think>", "\n\n", "  \n"]]) {
      const { outcome, run } = await loop([{ texts }]);
      assert.equal(outcome.kind, "no-proof");
      assert.equal(run.answer?.text, "");
    }
    const continued = await loop([{ texts: ["x</think>"] }, { texts: [" ", "\n"] }], { prefix: "We see" });
    assert.equal(continued.outcome.kind, "no-proof");
  });

  it("finds no proof in an answer that goes back to thinking, wherever the tag is split", async () => {
    for (let cut = 0; cut <= 8; cut++) {
      const texts = ["x</think>", "Wait, no ", "</think>".slice(0, cut), "</think>".slice(cut), " Proof."];
      const { outcome, given } = await loop([{ texts }]);
      assert.equal(outcome.kind, "no-proof", `split at ${cut}`);
      assert.ok(given < 5, "and it reads no further");
    }
  });

  it("asks a rehearsal model nothing that it has not memorised", async () => {
    const unknown = await loop([], { capabilities: { rehearsal: ["0123456789abcdef"] } });
    assert.equal(unknown.outcome.kind, "unknown-to-rehearsal");
    assert.deepEqual(unknown.requests, []);
    const known = [promptHash(OPEN)];
    const cut = await loop([{ texts: ["One.", " Two.", " Three."] }], {
      thought: 1,
      capabilities: { rehearsal: known },
    });
    assert.equal(cut.outcome.kind, "unknown-to-rehearsal");
    assert.equal(cut.requests.length, 1);
    for (const { outcome } of [unknown, cut]) assert.match(JSON.stringify(outcome), /Set Up Model/);
  });

  it("keeps nothing of an address that may be a secret", async () => {
    for (const [device, kept] of [
      ["http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"],
      ["https://user:pw@host/v1?key=sk-1#x", "https://host/v1"],
      ["NVIDIA RTX 4090 (why? not)", "NVIDIA RTX 4090 (why? not)"],
    ]) {
      const { run } = await loop([{ texts: ["</think>x"] }], { capabilities: { device: device! } });
      assert.equal(run.engine?.device, kept);
    }
  });

  it("never rejects: each failure is an outcome in one line", async () => {
    const failing = (error: unknown): Engine => ({
      ...engineOf([]).engine,
      capabilities: () => Promise.reject(error),
    });
    const outcomes = [];
    for (const error of [
      new EngineError("stream.cut", "Cut. Try again."),
      new Error("two\nlines\n  at x"),
      "text",
      null,
    ]) {
      const controller = new AbortController();
      outcomes.push((await runThoughtLoop(failing(error), emptyRun(HEADER), () => {}, controller.signal)).outcome!);
    }
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === "failed" && outcome.code),
      ["stream.cut", "internal", "internal", "internal"],
    );
    for (const outcome of outcomes) assert.doesNotMatch((outcome as { message: string }).message, /\n/);
  });

  it("fails when an engine ends without saying so", async () => {
    const { engine } = engineOf([]);
    const silent: Engine = { ...engine, complete: async function* () {} };
    const run = await runThoughtLoop(silent, emptyRun(HEADER), () => {}, new AbortController().signal);
    assert.equal(run.outcome?.kind, "failed");
  });
});
