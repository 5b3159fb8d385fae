import assert from "node:assert/strict";
import type { Engine } from "../../server/src/engine/engine.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { summaryPrompt, withSummary } from "../../server/src/prompt/summary.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { BadCut, summaryHeader } from "../../server/src/prover/run-header.js";
import type { Steering } from "../../server/src/prover/steering.js";
import { canSummarise, MOST_ROUNDS, roundOf } from "../../server/src/store/labels.js";
import type { RunHeader } from "../../server/src/store/run.js";
import { openTapped, until } from "../engine/local-child.js";
import { HEADER } from "../store/runs.js";
import { Desk } from "./desk.js";
import { hasRehearsal, piece, REHEARSAL } from "./pieces.js";
import { STAGES } from "./stages.js";
import { engineOf, words } from "./written-engine.js";

const OPEN: Prompt = { message: "Prove it.", thought: "", answer: null };
let next = 0;
const header = (over: Partial<RunHeader> = {}): RunHeader => ({
  ...HEADER,
  id: `20250102T030405-${(next++).toString(16).padStart(8, "0")}`,
  prompt: OPEN,
  budget: { thought: 1000, answer: 1000 },
  ...over,
});

/** A text that says something else in every sentence. */
const sentences = (count: number) =>
  words(Array.from({ length: count }, (_, index) => `Then ${index} squared is ${index * index}.`).join(" "));

describe("what bounds a run", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => desk.close());

  it("keeps to a total budget: the thought leaves a part for the proof, which is cut where all is spent", async () => {
    const { engine, requests } = engineOf([{ texts: sentences(900) }, { texts: sentences(900) }]);
    const { run } = await desk.begin(engine, header({ budget: { thought: 1000, answer: 1000, total: 400 } }));
    assert.equal(run.thought.early, "budget");
    assert.ok(run.thought.tokens >= 300 && run.thought.tokens <= 310, `${run.thought.tokens}`);
    assert.equal(run.outcome?.kind, "cut-short");
    assert.equal(run.thought.tokens + run.answer!.tokens, 400);
    assert.equal(requests[1]!.maxTokens, 400 - run.thought.tokens);
  });

  it("counts what the runs before have spent", async () => {
    const { engine } = engineOf([{ texts: sentences(900) }, { texts: sentences(900) }]);
    const { run } = await desk.begin(
      engine,
      header({ spent: 300, budget: { thought: 1000, answer: 1000, total: 400 } }),
    );
    assert.equal(run.thought.tokens + run.answer!.tokens, 100);
  });

  it("gives what is left of its budgets to a run that is resumed", async () => {
    const { engine, requests } = engineOf([
      { texts: sentences(100) },
      { texts: sentences(300) },
      { texts: ["Proof."] },
    ]);
    const abort = new AbortController();
    const { run } = await desk.begin(engine, header({ budget: { thought: 200, answer: 50 } }), {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === "thought" && event.tokens === 120) abort.abort();
      },
    });
    assert.equal(run.thought.tokens, 120);
    const done = (await desk.resume(engine, run)).run;
    assert.equal(requests[1]!.maxTokens, 80 + 512 + 50);
    assert.ok(done.thought.tokens >= 200 && done.thought.tokens < 206, `${done.thought.tokens}`);
    assert.equal(done.thought.early, "budget");
    assert.equal(done.outcome?.kind, "proved");
  });

  it("stops a proof that repeats itself, keeps one round of it, and says so", async () => {
    const step = "By the triangle inequality the left side is at most the right side plus one, so we may go on. ";
    const texts = ["Hm.", "</think>", ...words(`First we note that all terms are positive. ${step.repeat(60)}`)];
    const { engine, state } = engineOf([{ texts }]);
    const { run, events } = await desk.begin(engine, header());
    assert.equal(run.outcome?.kind, "cut-short");
    assert.match((run.outcome as { message: string }).message, /began to repeat itself/);
    assert.equal(run.answer?.text, `First we note that all terms are positive. ${step.trim()}`);
    assert.ok(state.given < 330, `${state.given} tokens were taken`);
    assert.equal(events.at(-2)?.type, "trim");
    assert.deepEqual(desk.store.read(run.header.id)?.run, run);
  });

  it("lets a model go round in circles where the guard is off", async () => {
    const texts = [...words("The same again. ".repeat(200)), "</think>", "Proof."];
    const { engine } = engineOf([{ texts }]);
    const { run } = await desk.begin(engine, header({ loopGuard: false }));
    assert.deepEqual(run.outcome, { kind: "proved" });
    assert.equal(run.thought.cut, false);
  });

  it("solves, summarises and solves again, three rounds at most, each from the last summary", async () => {
    const two = "We looked at parity.\n\nWhat is left is the case of odd numbers.";
    const { engine, requests } = engineOf([
      { texts: sentences(40) },
      { texts: ["No", " idea."] },
      { texts: [...words(`${two}\n\nA third paragraph that is not asked for.`)] },
      { texts: sentences(40) },
      { texts: ["Still", " none."] },
      { texts: words("Odd numbers are done.") },
      { texts: [" Now.", "</think>", "A proof."] },
    ]);
    const budget = { thought: 20, answer: 100 };
    const one = (await desk.begin(engine, header({ budget }))).run;
    assert.equal(canSummarise(one), true);
    const second = (await desk.summarise(engine, one, { budget })).run;
    assert.equal(second.summary?.text, two, "a third paragraph is not taken");
    assert.equal(canSummarise(second), true);
    const third = (await desk.summarise(engine, second, { budget })).run;
    assert.deepEqual([one, second, third].map(roundOf), [1, 2, MOST_ROUNDS]);
    assert.equal(canSummarise(third), false);
    assert.throws(() => summaryHeader(third, budget, 1), { constructor: BadCut, message: /round 3 / });
    const empty = { ...one, thought: { ...one.thought, text: " \n" } };
    assert.throws(() => summaryHeader(empty, budget, 1), { constructor: BadCut, message: /no thought to summarise/ });
    assert.deepEqual(third.outcome, { kind: "proved" });
    const thought = (run: typeof one, message: string): Prompt => ({
      message,
      thought: run.thought.text,
      answer: null,
    });
    const again = withSummary(OPEN.message, two);
    assert.deepEqual(
      requests.map(({ prompt }) => chatml(prompt)),
      [
        chatml(OPEN),
        chatml({ ...OPEN, thought: one.thought.text + EARLY_STOP, answer: "" }),
        chatml(summaryPrompt(thought(one, OPEN.message))),
        chatml({ ...OPEN, message: again }),
        chatml({ message: again, thought: second.thought.text + EARLY_STOP, answer: "" }),
        chatml(summaryPrompt(thought(second, again))),
        chatml({ ...OPEN, message: withSummary(OPEN.message, "Odd numbers are done.") }),
      ],
    );
    assert.equal(requests[2]!.maxTokens, 768);
  });
});

describe("a server that can't go on from an edited text", () => {
  const CHAT = { edits: false } as const;
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => desk.close());

  it("proves, without a word of steering to it", async () => {
    const quick = piece("quick.tex");
    const [stage] = STAGES.slice(1);
    const open = await stage!.open();
    // What the scripted server recites, told as a chat's engine would tell it: one message, no text to go on from.
    const chat: Engine = {
      capabilities: async (signal) => ({ ...(await open.engine.capabilities(signal)), ...CHAT }),
      complete: (request, signal) => {
        assert.deepEqual(request.prompt, { message: quick.prompt.message, thought: "", answer: null });
        return open.engine.complete(request, signal);
      },
      dispose: () => open.engine.dispose(),
    };
    try {
      const said: (string | null)[] = [];
      const { run } = await desk.prove(chat, quick, {
        onEvent: (event, steering) => {
          if (event.type === "thought" && event.tokens === 3) {
            said.push(steering.finishNow(), steering.hint("Work modulo two."), steering.pause());
          }
        },
      });
      assert.equal(said.length, 3);
      for (const problem of said)
        assert.match(problem!, /^This server can't go on from an edited text[^\n]*raw text completion[^\n]*\.$/);
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(run.answer?.text, quick.rest);
      assert.equal(open.prompts().length, 1);
    } finally {
      await open.close();
    }
  });

  for (const [what, repeated] of [
    ["repeats", "We see that\n  all is\nwell"],
    ["goes on after", ""],
  ] as const) {
    it(`keeps the author's beginning word for word where the answer ${what} it`, async () => {
      const { engine, requests } = engineOf(
        [{ texts: ["Hm.", "</think>\n\n", ...words(`${repeated} and so on. ∎`)] }],
        CHAT,
      );
      const { run } = await desk.begin(engine, header({ prefix: "We  see that all\nis well" }));
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(run.answer?.text, `We  see that all\nis well${repeated === "" ? "\n\n" : " "}and so on. ∎`);
      assert.equal(requests.length, 1);
    });
  }

  it("says that there is no proof when the budget is used up in the thought, or the thought goes round", async () => {
    const long = engineOf([{ texts: sentences(2000) }], CHAT);
    const spent = (await desk.begin(long.engine, header({ budget: { thought: 50, answer: 20 } }))).run;
    assert.equal(spent.outcome?.kind, "no-proof");
    assert.match((spent.outcome as { message: string }).message, /used up before the thought was closed/);
    assert.equal(long.requests.length, 1);
    const round = engineOf([{ texts: words("And again the same. ".repeat(500)) }], CHAT);
    const looped = (await desk.begin(round.engine, header())).run;
    assert.match((looped.outcome as { message: string }).message, /went round in circles/);
    assert.ok(round.state.given < 400);
  });

  it("resumes nothing there, and says why", async () => {
    const cancel = new AbortController();
    const { engine } = engineOf([{ texts: sentences(50) }], CHAT);
    const { run } = await desk.begin(engine, header(), {
      signal: cancel.signal,
      onEvent: (event) => {
        if (event.type === "thought") cancel.abort();
      },
    });
    const again = (await desk.resume(engine, run)).run;
    assert.equal(again.outcome?.kind === "failed" && again.outcome.code, "engine.no-edits");
    assert.equal(again.thought.text, run.thought.text);
  });
});

describe("the cost of steering on the local engine", () => {
  for (const [what, ask] of [
    ["finish now", (steering: Steering) => steering.finishNow()],
    ["a hint", (steering: Steering) => steering.hint("Work modulo two.")],
  ] as const) {
    it(`evaluates at most 64 tokens again for ${what} after 2,000 tokens of thought`, async function () {
      this.timeout(60_000);
      if (!hasRehearsal()) return this.skip();
      const desk = new Desk();
      const { engine, messages, close } = await openTapped(REHEARSAL);
      // No gate and no guard: the fixture's thought is endless, and only the engine's count is looked at.
      const free: Engine = {
        capabilities: async (signal) => ({ ...(await engine.capabilities(signal)), rehearsal: null }),
        complete: (request, signal) => engine.complete(request, signal),
        dispose: () => engine.dispose(),
      };
      try {
        let asked = 0;
        const budget = { thought: 4000, answer: 8 };
        const { run, events } = await desk.prove(free, piece("loop.tex"), {
          budget,
          loopGuard: false,
          onEvent: (event, steering) => {
            if (event.type !== "thought") return;
            if (asked === 0 && event.tokens >= 2000) {
              asked = event.tokens;
              assert.equal(ask(steering), null);
            } else if (asked > 0 && event.tokens >= asked + 20) {
              steering.finishNow();
            }
          },
        });
        assert.ok(asked >= 2000, JSON.stringify(run.outcome));
        const counted = () =>
          messages().flatMap((message) =>
            "from" in message && (message.from.type === "end" || message.from.type === "cancelled")
              ? [message.from]
              : [],
          );
        await until("the engine has counted both completions", () => counted().length >= 2);
        const { evaluated, reused } = counted()[1]!.usage;
        assert.ok(reused >= 2000, `${reused} tokens reused`);
        assert.ok(evaluated <= 64, `${evaluated} tokens`);
        assert.ok(events.some(({ type }) => type === "cut"));
        console.log(`      ${evaluated} tokens evaluated, ${reused} reused`);
      } finally {
        await close();
        desk.close();
      }
    });
  }
});
