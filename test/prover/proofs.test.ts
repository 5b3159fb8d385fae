import assert from "node:assert/strict";
import { chatml } from "../../server/src/prompt/prompt.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { sentenceEnds } from "../../server/src/prover/sentence.js";
import type { RunEvent } from "../../server/src/store/run.js";
import { piece, theorem } from "./pieces.js";
import { type OpenStage, STAGES } from "./stages.js";
import { prove, toldThought } from "./trial.js";

for (const stage of STAGES) {
  describe(`a proof by the ${stage.name} engine`, () => {
    let open: OpenStage;

    before(async function () {
      if (!stage.available()) this.skip();
      open = await stage.open();
    });
    after(() => open?.close());

    it("separates thought and answer at </think>", async () => {
      const quick = piece("quick.tex");
      const { run, stored, events } = await prove(open.engine, quick);
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(run.thought.text.trim(), quick.thought);
      assert.equal(run.thought.cut, false);
      assert.equal(run.answer?.text, quick.rest);
      assert.deepEqual(stored, run);
      assert.ok(events.filter(({ type }) => type === "thought").length > 3, "the thought is streamed");
      assert.equal(open.prompts().at(-1), chatml(quick.prompt));
    });

    it("keeps text outside of ASCII whole", async () => {
      const unicode = piece("unicode.md");
      const { run, file } = await prove(open.engine, unicode);
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(run.thought.text.trim(), unicode.thought);
      assert.equal(run.answer?.text, unicode.rest);
      assert.ok(!file.includes("\ufffd"));
    });

    it("makes what the author has written the beginning of the answer", async () => {
      const partial = piece("partial.tex");
      const asked = open.prompts().length;
      const { run } = await prove(open.engine, partial);
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.notEqual(partial.prefix, "");
      assert.equal(run.answer?.text, partial.prefix + partial.rest);
      const head = `<|im_start|>user\n${partial.prompt.message}<|im_end|>\n<|im_start|>assistant\n<think>\n`;
      assert.deepEqual(open.prompts().slice(asked), [head, `${head}${partial.thought}\n</think>\n\n${partial.prefix}`]);
    });

    it("closes a thought at the end of its sentence when the budget is used up, and writes the proof", async () => {
      const long = piece("long.tex");
      const asked = open.prompts().length;
      const { run, events } = await prove(open.engine, long, { budget: { thought: 40, answer: 2000 } });
      assert.deepEqual(run.outcome, { kind: "proved", early: `thinking cut at ${run.thought.tokens} tokens` });
      const cut = expectedCut(events, 40);
      const kept = long.thought.slice(0, cut);
      assert.match(kept, /[.?!]$/);
      assert.deepEqual(
        events.filter(({ type }) => type === "cut").map((event) => event.type === "cut" && event.length),
        [cut],
      );
      assert.equal(run.thought.text, kept);
      assert.equal(run.thought.cut, true);
      assert.ok(run.thought.tokens >= 40);
      assert.equal(run.answer?.text, long.rest);
      assert.deepEqual(open.prompts().slice(asked), [
        chatml(long.prompt),
        `${chatml(long.prompt)}${kept}${EARLY_STOP}\n</think>\n\n`,
      ]);
      const kinds = events.map(({ type }) => type);
      assert.ok(kinds.indexOf("cut") > kinds.lastIndexOf("thought"));
      assert.ok(kinds.indexOf("answer") > kinds.indexOf("cut"));
    });

    it("goes on from the written part after a thought that was cut", async () => {
      const partial = piece("partial.tex");
      const { run } = await prove(open.engine, partial, { budget: { thought: 2, answer: 2000 } });
      assert.deepEqual(run.outcome, { kind: "proved", early: `thinking cut at ${run.thought.tokens} tokens` });
      assert.equal(run.thought.cut, true);
      assert.equal(run.answer?.text, partial.prefix + partial.rest);
      assert.match(open.prompts().at(-1) ?? "", /directly now\.\n<\/think>\n\nBy induction on \$n\$\./);
    });

    it("cuts an endless thought", async () => {
      const loop = piece("loop.tex");
      const { run } = await prove(open.engine, loop, { budget: { thought: 30, answer: 2000 } });
      assert.deepEqual(run.outcome, { kind: "proved", early: `thinking cut at ${run.thought.tokens} tokens` });
      assert.ok(run.thought.text.startsWith(loop.thought));
      assert.equal(run.thought.cut, true);
    });

    it("says that a proof was cut short when the answer's budget is used up", async () => {
      const quick = piece("quick.tex");
      const { run } = await prove(open.engine, quick, { budget: { thought: 4000, answer: 10 } });
      assert.equal(run.outcome?.kind, "cut-short");
      assert.ok(quick.rest?.startsWith(run.answer?.text ?? "?"));
      assert.equal(run.answer?.tokens, 10);
    });

    it("finds no proof in a thought that is never closed", async () => {
      const unclosed = piece("unclosed.tex");
      const { run, events } = await prove(open.engine, unclosed);
      assert.equal(run.outcome?.kind, "no-proof");
      assert.equal(run.answer, null);
      assert.ok(!events.some(({ type }) => type === "answer"));
      assert.equal(run.thought.text.trim(), unclosed.thought);
    });

    it("finds no proof in an empty answer", async () => {
      const { run } = await prove(open.engine, piece("silent.tex"));
      assert.equal(run.outcome?.kind, "no-proof");
      assert.equal(run.answer?.text, "");
    });

    it("gives the same run for the same seed, and passes the seed on", async () => {
      const quick = piece("quick.tex");
      const seed = 4_000_000_001;
      const told = async () => (await prove(open.engine, quick, { seed })).run;
      const [first, second] = [await told(), await told()];
      assert.deepEqual([first.thought, first.answer], [second.thought, second.answer]);
      assert.deepEqual(open.seeds().slice(-2), [seed, seed]);
      assert.equal(first.header.seed, seed);
    });

    it("has each event on disk before anyone hears of it", async () => {
      let looked = 0;
      const { events, file } = await prove(open.engine, piece("quick.tex"), {
        onEvent: (event, read) => {
          const lines = read().split("\n");
          assert.equal(lines.pop(), "");
          assert.deepEqual(JSON.parse(lines.at(-1) ?? ""), event);
          looked++;
        },
      });
      assert.equal(looked, events.length);
      assert.equal(file.split("\n").length, events.length + 2);
    });

    it("tells its events in order", async () => {
      const { events } = await prove(open.engine, piece("partial.tex"));
      const kinds = events.map((event) => (event.type === "phase" ? event.phase : event.type)).join(" ");
      assert.match(
        kinds,
        /^(loading )*engine (reading )+thinking (thought )+(writing|reading)( reading| writing| answer)* usage outcome$/,
      );
      for (const type of ["thought", "answer"]) {
        const tokens = events.flatMap((event) => (event.type === type && "tokens" in event ? [event.tokens] : []));
        assert.deepEqual(
          tokens,
          tokens.toSorted((a, b) => a - b),
        );
      }
      const answers = events.filter(({ type }) => type === "answer");
      assert.deepEqual(answers[0], { type: "answer", text: piece("partial.tex").prefix, tokens: 0 });
    });

    for (const [when, isThen] of Object.entries<(event: RunEvent) => boolean>({
      reading: (event) => event.type === "phase" && event.phase === "reading",
      thinking: (event) => event.type === "thought",
      writing: (event) => event.type === "answer" && event.tokens > 3,
    })) {
      it(`evaluates no further token after a cancel while ${when}`, async () => {
        const cancel = new AbortController();
        const asked = open.prompts().length;
        let after = 0;
        const { run, stored, events } = await prove(open.engine, piece("long.tex"), {
          signal: cancel.signal,
          onEvent: (event) => {
            if (cancel.signal.aborted) after++;
            if (isThen(event)) cancel.abort();
          },
        });
        assert.equal(run.outcome?.kind, "cancelled");
        assert.equal(after, 1, "nothing but the outcome comes after a cancel");
        assert.equal(events.at(-1)?.type, "outcome");
        assert.deepEqual(stored, run);
        await open.abandoned(asked);
      });
    }

    it("is cancelled between a thought that was cut and its answer", async () => {
      const cancel = new AbortController();
      const asked = open.prompts().length;
      const { run, events } = await prove(open.engine, piece("long.tex"), {
        budget: { thought: 40, answer: 2000 },
        signal: cancel.signal,
        onEvent: ({ type }) => {
          if (type === "cut") cancel.abort();
        },
      });
      assert.equal(run.outcome?.kind, "cancelled");
      assert.deepEqual(
        events.slice(-2).map(({ type }) => type),
        ["cut", "outcome"],
      );
      assert.equal(open.prompts().length, asked + 1, "no second completion was asked for");
    });

    it("proves again after a cancel", async () => {
      const quick = piece("quick.tex");
      const { run } = await prove(open.engine, quick);
      assert.equal(run.answer?.text, quick.rest);
    });

    it("asks nothing of a run that was cancelled before it began", async () => {
      const other = await stage.open();
      try {
        const { run, events } = await prove(other.engine, piece("quick.tex"), { signal: AbortSignal.abort() });
        assert.equal(run.outcome?.kind, "cancelled");
        assert.deepEqual(
          events.filter(({ type }) => type !== "phase").map(({ type }) => type),
          ["outcome"],
        );
        assert.deepEqual(other.prompts(), []);
        if ("pid" in other.engine) assert.equal(other.engine.pid, null);
      } finally {
        await other.close();
      }
    });

    if (stage.name === "local") {
      it("asks the rehearsal model nothing that it has not memorised", async () => {
        const asked = open.prompts().length;
        const { run } = await prove(open.engine, theorem("Every even integer above $2$ is a sum of two primes."));
        assert.equal(run.outcome?.kind, "unknown-to-rehearsal");
        assert.match((run.outcome as { message: string }).message, /"QED: Set Up Model"/);
        assert.equal(run.thought.text, "");
        assert.equal(open.prompts().length, asked, "nothing was evaluated");
        assert.equal(run.engine?.rehearsal, true);
        assert.equal(run.engine?.temperature, 0);
      });
    }
  });
}

/** Where a thought is cut: at the first end of a sentence that is not before its budget's last token. */
function expectedCut(events: readonly RunEvent[], budget: number): number {
  let length = 0;
  for (const event of events) {
    if (event.type !== "thought") continue;
    length += event.text.length;
    if (event.tokens >= budget) break;
  }
  return sentenceEnds(toldThought(events), length)[0] ?? -1;
}
