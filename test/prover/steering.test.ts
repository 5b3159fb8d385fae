import assert from "node:assert/strict";
import { approachOf } from "../../server/src/prompt/different.js";
import { hintText } from "../../server/src/prompt/hint.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { summaryPrompt, withSummary } from "../../server/src/prompt/summary.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { NotResumable } from "../../server/src/prover/run-proof.js";
import type { Steering } from "../../server/src/prover/steering.js";
import type { Run, RunEvent } from "../../server/src/store/run.js";
import { RunBusy } from "../../server/src/store/store.js";
import { Desk, type Done } from "./desk.js";
import { piece, rows } from "./pieces.js";
import { type OpenStage, STAGES } from "./stages.js";

/** Calls `act` once, as soon as the thought has `length` characters. */
function atThought(length: number, act: (steering: Steering) => void) {
  let thought = 0;
  let done = false;
  return (event: RunEvent, steering: Steering) => {
    if (event.type === "thought") thought += event.text.length;
    if (done || thought < length) return;
    done = true;
    act(steering);
  };
}

const open = (message: string, thought: string): string => chatml({ message, thought, answer: null });
const closed = (message: string, thought: string, answer = ""): string => chatml({ message, thought, answer });
const completionOf = (prompt: string) => {
  const row = rows().find((known) => known.prompt === prompt);
  assert.ok(row, `nothing was learned for ${prompt.slice(-200)}`);
  return row.completion.replace(/<\|im_end\|>$/, "");
};

for (const stage of STAGES) {
  describe(`steering a run on the ${stage.name} engine`, () => {
    let engine: OpenStage;
    let desk: Desk;
    const quick = piece("quick.tex");
    const { message } = quick.prompt;
    const first = "Write both as twice an integer.";

    before(async function () {
      if (!stage.available()) this.skip();
      engine = await stage.open();
    });
    after(() => engine?.close());
    beforeEach(() => {
      desk = new Desk();
    });
    afterEach(() => desk.close());

    /** What reached the engine while something went on. */
    async function asked(go: () => Promise<Done>): Promise<Done & { readonly prompts: readonly string[] }> {
      const before = engine.prompts().length;
      const done = await go();
      assert.deepEqual(desk.store.read(done.run.header.id)?.run, done.run, "the file says the same");
      return { ...done, prompts: engine.prompts().slice(before) };
    }

    it("finishes now: closes the thought after its last whole sentence and writes the proof", async () => {
      const answers: (string | null)[] = [];
      const { run, prompts, events } = await asked(() =>
        desk.prove(engine.engine, quick, {
          onEvent: atThought(first.length + 3, (steering) => answers.push(steering.finishNow())),
        }),
      );
      assert.deepEqual(answers, [null]);
      assert.deepEqual(prompts, [open(message, ""), closed(message, first + EARLY_STOP)]);
      assert.equal(run.thought.text, first);
      assert.equal(run.thought.early, "asked");
      const { tokens } = run.thought;
      assert.deepEqual(run.outcome, {
        kind: "proved",
        early: `thinking cut at ${tokens} tokens, when you asked for the proof`,
      });
      assert.equal(run.answer?.text, quick.rest);
      assert.ok(events.findIndex(({ type }) => type === "cut") > 0);
    });

    it("takes a hint into the thought, which goes on", async () => {
      const said = "Work modulo two.";
      const { run, prompts } = await asked(() =>
        desk.prove(engine.engine, quick, {
          onEvent: atThought(first.length + 3, (steering) =>
            assert.equal(steering.hint(` Work\nmodulo  two.</think> `), null),
          ),
        }),
      );
      const hinted = first + hintText(said);
      assert.equal(hintText(said), "\n\nWait, I am given a hint: Work modulo two.\n\n");
      assert.deepEqual(prompts, [open(message, ""), open(message, hinted)]);
      const [more, proof] = completionOf(prompts[1]!).split("\n</think>\n\n");
      assert.equal(run.thought.text.trim(), hinted + more);
      assert.equal(run.thought.cut, false);
      assert.equal(run.answer?.text, proof);
      assert.deepEqual(run.outcome, { kind: "proved" });
    });

    it("does all that is asked between two tokens, in that order", async () => {
      const { run, prompts } = await asked(() =>
        desk.prove(engine.engine, quick, {
          onEvent: atThought(first.length + 3, (steering) => {
            assert.deepEqual(
              [steering.hint("Work modulo two."), steering.pause(), steering.resume()],
              [null, null, null],
            );
          }),
        }),
      );
      assert.deepEqual(prompts, [open(message, ""), open(message, first + hintText("Work modulo two."))]);
      assert.deepEqual(run.outcome, { kind: "proved" });
    });

    it("pauses: the engine stops, and goes on in the same run when it is resumed", async () => {
      const before = engine.prompts().length;
      let held: Steering | null = null;
      let paused: () => void = () => {};
      const standing = new Promise<void>((resolve) => {
        paused = resolve;
      });
      const running = desk.prove(engine.engine, quick, {
        onEvent: (event, steering, events) => {
          const thought = events.map((one) => (one.type === "thought" ? one.text : "")).join("");
          if (held === null && thought.length > first.length) {
            held = steering;
            assert.equal(steering.pause(), null);
          }
          if (event.type === "phase" && event.phase === "paused") paused();
        },
      });
      await standing;
      await new Promise((resolve) => setImmediate(resolve));
      const steering = held as Steering | null;
      assert.equal(steering?.isPaused, true);
      await engine.abandoned(before);
      const id = desk.store.ids()[0]!;
      assert.equal(desk.store.read(id)?.run.phase, "paused");
      assert.equal(steering?.resume(), null);
      const { run } = await running;
      const [, resumed] = engine.prompts().slice(before);
      assert.equal(engine.prompts().length, before + 2);
      assert.ok(resumed?.startsWith(open(message, first)), resumed);
      assert.ok(open(message, quick.thought).startsWith(resumed!), "from the text as it stood");
      assert.equal(run.thought.text.trim(), quick.thought);
      assert.deepEqual(run.outcome, { kind: "proved" });
    });

    it("goes on in another process with a run that was left paused in its thought", async () => {
      let thought = "";
      const left = await asked(() =>
        desk.prove(engine.engine, quick, {
          onEvent: (event, steering) => {
            if (event.type === "thought") thought += event.text;
            if (thought.length > first.length) steering.suspend();
          },
        }),
      );
      assert.equal(left.run.outcome, null);
      assert.equal(left.run.phase, "paused");
      const other = await stage.open();
      try {
        const { run } = await desk.resume(other.engine, left.run);
        const kept = stage.name === "local" ? first : left.run.thought.text;
        assert.deepEqual(other.prompts(), [open(message, kept)]);
        assert.equal(run.thought.text.trim(), quick.thought);
        assert.equal(run.answer?.text, quick.rest);
        assert.deepEqual(run.outcome, { kind: "proved" });
        assert.deepEqual(desk.store.read(run.header.id)?.run, run);
      } finally {
        await other.close();
      }
    });

    it("goes on in another process with a run that was stopped in its proof", async () => {
      const cancel = new AbortController();
      let answer = "";
      const stopped = await asked(() =>
        desk.prove(engine.engine, quick, {
          signal: cancel.signal,
          onEvent: (event) => {
            if (event.type === "answer") answer += event.text;
            if (answer.includes("Then")) cancel.abort();
          },
        }),
      );
      assert.equal(stopped.run.outcome?.kind, "cancelled");
      const other = await stage.open();
      try {
        const onDisk: (Run | undefined)[] = [];
        const { run, events } = await desk.resume(other.engine, stopped.run, {
          onEvent: () => onDisk.push(desk.store.read(stopped.run.header.id)?.run),
        });
        assert.deepEqual(events[0], { type: "resumed" });
        assert.deepEqual([onDisk[0]?.outcome, onDisk[0]?.answer?.text], [null, answer]);
        const [prompt] = other.prompts();
        const sentence = answer.slice(0, answer.indexOf(".") + 1);
        assert.equal(prompt, closed(message, quick.thought, stage.name === "local" ? sentence : answer));
        assert.equal(run.answer?.text, quick.rest);
        assert.deepEqual(run.outcome, { kind: "proved" });
      } finally {
        await other.close();
      }
    });

    it("resumes nothing that has come to its end, and nothing that another process writes", async () => {
      const { run } = await desk.prove(engine.engine, quick);
      await assert.rejects(
        desk.resume(engine.engine, run),
        (error) => error instanceof NotResumable && /branch/.test(error.message),
      );
      const id = "20250101T000000-00000000";
      const out = desk.store.create({ ...run.header, id });
      await assert.rejects(desk.resume(engine.engine, { ...run, header: { ...run.header, id } }), RunBusy);
      out.close();
    });

    it("branches: cuts a thought, changes it, and goes on as a child", async () => {
      const parent = (await desk.prove(engine.engine, quick)).run;
      const offset = first.length;
      const child = await asked(() =>
        desk.branch(engine.engine, parent, { part: "thought", offset, text: " Let me count with remainders." }),
      );
      const edited = `${first} Let me count with remainders.`;
      assert.deepEqual(child.prompts, [open(message, edited)]);
      const [more, proof] = completionOf(child.prompts[0]!).split("\n</think>\n\n");
      assert.equal(child.run.thought.text.trim(), edited + more);
      assert.equal(child.run.answer?.text, proof);
      assert.equal(child.run.header.parent, parent.header.id);
      assert.deepEqual(child.run.header.origin, { kind: "branch", part: "thought", offset });
      assert.deepEqual(desk.store.read(parent.header.id)?.run, parent, "the parent is as it was");
    });

    it("branches a proof, whose thought stays closed", async () => {
      const parent = (await desk.prove(engine.engine, quick)).run;
      const offset = parent.answer!.text.indexOf(".") + 1;
      const child = await asked(() => desk.branch(engine.engine, parent, { part: "answer", offset, text: "" }));
      assert.deepEqual(child.prompts, [closed(message, quick.thought, quick.rest!.slice(0, offset))]);
      assert.equal(child.run.answer?.text, quick.rest);
    });

    it("stops a thought that goes round, keeps one round of it, and proves from that", async () => {
      const loop = piece("loop.tex");
      const { run, prompts, events } = await asked(() => desk.prove(engine.engine, loop));
      const round = rows().find(({ prompt }) => prompt === chatml(loop.prompt))!.loop!;
      assert.equal(run.thought.text, loop.thought + round);
      assert.equal(run.thought.early, "loop");
      assert.deepEqual(prompts, [chatml(loop.prompt), closed(loop.prompt.message, loop.thought + round + EARLY_STOP)]);
      assert.match(
        run.outcome?.kind === "proved" ? (run.outcome.early ?? "") : "",
        /^thinking cut at \d+ tokens, when it went round/,
      );
      assert.equal(run.answer?.text, loop.rest ?? run.answer?.text);
      const begun = events.find((event) => event.type === "thought" && event.tokens > 0 && event.text !== "");
      assert.ok(begun && run.thought.tokens < 1500, `${run.thought.tokens} tokens`);
    });

    it("summarises a thought that was cut and solves again from the summary", async () => {
      const loop = piece("loop.tex");
      const cut = (await desk.prove(engine.engine, loop, { budget: { thought: 30, answer: 2000 } })).run;
      assert.equal(cut.thought.early, "budget");
      const { run, prompts } = await asked(() => desk.summarise(engine.engine, cut));
      const first: Prompt = { message: loop.prompt.message, thought: cut.thought.text, answer: null };
      const summary = completionOf(chatml(summaryPrompt(first)));
      assert.equal(
        chatml(summaryPrompt(first)),
        `${chatml(first)}\n\n I have to stop here. I will now summarise what I have found so far, in at most two paragraphs, without any new reasoning.\n</think>\n\n**Summary of my work so far.** `,
      );
      const again = withSummary(loop.prompt.message, summary);
      assert.equal(
        again,
        `${loop.prompt.message}\n\nThis is a summary of earlier work on the question. Check what it says, build on it, and write a complete proof:\n${summary}`,
      );
      assert.deepEqual(prompts, [chatml(summaryPrompt(first)), open(again, "")]);
      assert.deepEqual(run.summary?.text, summary);
      assert.equal(run.outcome?.kind, "proved");
      assert.deepEqual(run.header.origin, { kind: "summary", round: 2 });
      assert.equal(run.header.spent, cut.thought.tokens + cut.answer!.tokens);
    });

    it("proves differently: names the approach that was taken", async () => {
      const avoid = [approachOf((await desk.prove(engine.engine, quick)).run.answer!.text)];
      const { run, prompts } = await asked(() => desk.prove(engine.engine, quick, { context: { avoid } }));
      assert.match(
        prompts[0]!,
        /takes none of them, with a different main idea:\n1\. Let \\\(a=2m\\\) and [^\n]+ is even\.<\|im_end\|>/,
      );
      assert.match(run.answer!.text, /last digit/);
    });

    it("refuses what comes too late or says nothing, and goes on", async () => {
      const problems: (string | null)[] = [];
      const { run } = await desk.prove(engine.engine, quick, {
        onEvent: (event, steering) => {
          if (event.type === "phase" && event.phase === "thinking") problems.push(steering.hint("  </think> "));
          if (event.type === "answer" && event.tokens === 5) problems.push(steering.hint("x"), steering.finishNow());
          if (event.type === "outcome") problems.push(steering.resume());
        },
      });
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(problems.length, 4);
      assert.match(problems[0]!, /empty/);
      assert.match(problems[1]!, /too late/);
      assert.match(problems[2]!, /already/);
      assert.match(problems[3]!, /ended|not paused/);
    });

    if (stage.name === "local") {
      it("refuses a hint that the rehearsal model has not learned, and the run goes on as if nothing was asked", async () => {
        const said: (string | null)[] = [];
        const { run, prompts } = await asked(() =>
          desk.prove(engine.engine, quick, {
            onEvent: atThought(3, (steering) => said.push(steering.hint("Use the axiom of choice."))),
          }),
        );
        assert.match(said[0]!, /has only memorised the sample theorems/);
        assert.equal(prompts.length, 1);
        assert.deepEqual(run.outcome, { kind: "proved" });
      });
    } else {
      it("goes on from exactly the text that stood when it was paused, at any token", async () => {
        const texts = [...quick.thought]
          .map((_, index) => quick.thought.slice(0, index))
          .filter((_, index) => index % 7 === 3);
        for (const text of texts) {
          let thought = "";
          const left = await desk.prove(engine.engine, quick, {
            onEvent: (event, steering) => {
              if (event.type === "thought") thought += event.text;
              if (thought.length >= text.length) steering.suspend();
            },
          });
          const before = engine.prompts().length;
          const { run } = await desk.resume(engine.engine, left.run);
          assert.deepEqual(engine.prompts().slice(before), [open(message, left.run.thought.text)]);
          assert.equal(run.thought.text.trim(), quick.thought);
          thought = "";
        }
      });
    }
  });
}
