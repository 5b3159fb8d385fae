import assert from "node:assert/strict";
import { RunProgress } from "../../server/src/features/run-progress.js";

function watched() {
  const clock = { now: 0 };
  const told: string[] = [];
  const progress = new RunProgress(
    (message) => told.push(message),
    () => clock.now,
  );
  return { clock, told, progress };
}

describe("the progress of a run in a line", () => {
  it("says what the run is doing, each phase at once", () => {
    const { told, progress } = watched();
    progress.event({ type: "phase", phase: "loading", progress: null });
    progress.event({ type: "phase", phase: "loading", progress: 0.5 });
    progress.event({ type: "phase", phase: "waiting", progress: null });
    progress.event({ type: "phase", phase: "reading", progress: 0.25 });
    progress.event({ type: "phase", phase: "thinking", progress: null });
    progress.event({ type: "phase", phase: "writing", progress: null });
    assert.deepEqual(told, [
      "loading the model",
      "loading the model 50 %",
      "waiting for another run",
      "reading the statement 25 %",
      "thinking",
      "writing the proof",
    ]);
  });

  it("counts the tokens of the thought and their rate", () => {
    const { clock, told, progress } = watched();
    progress.event({ type: "thought", text: "a", tokens: 1 });
    clock.now = 10_000;
    progress.event({ type: "thought", text: "b", tokens: 1240 });
    assert.deepEqual(told, ["thinking 1 token", "thinking 1,240 tokens at 124 tok/s"]);
  });

  it("does not flood: tokens are told a few times a second, however many come", () => {
    const { clock, told, progress } = watched();
    for (let token = 1; token <= 2000; token++) {
      clock.now += 1;
      progress.event({ type: "thought", text: "x", tokens: token });
    }
    assert.ok(told.length > 1 && told.length <= 9, String(told.length));
  });

  it("counts the tokens of the proof, and is silent about what is not progress", () => {
    const { told, progress } = watched();
    progress.event({ type: "answer", text: "x", tokens: 12 });
    progress.event({ type: "cut", tokens: 12, length: 3 });
    progress.event({ type: "outcome", outcome: { kind: "proved" } });
    assert.deepEqual(told, ["writing the proof, 12 tokens"]);
  });
});
