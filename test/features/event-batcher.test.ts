import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { EventBatcher } from "../../server/src/features/event-batcher.js";
import type { RunEvent } from "../../server/src/store/run.js";

const thought = (tokens: number): RunEvent => ({ type: "thought", text: "x", tokens });

function batches() {
  const sent: { first: number; tokens: number[] }[] = [];
  const emitter = new EventEmitter();
  const batcher = new EventBatcher((first, events) => {
    sent.push({ first, tokens: events.map((event) => (event.type === "thought" ? event.tokens : -1)) });
    emitter.emit("sent");
  });
  return { sent, batcher, next: () => once(emitter, "sent") };
}

describe("batches of events", () => {
  it("hold what comes together, in order, each with the index of its first event", async () => {
    const { sent, batcher, next } = batches();
    batcher.add(thought(1));
    batcher.add(thought(2));
    assert.deepEqual(sent, []);
    await next();
    batcher.add(thought(3));
    await next();
    assert.deepEqual(sent, [
      { first: 0, tokens: [1, 2] },
      { first: 2, tokens: [3] },
    ]);
  });

  it("go out at once when the run ends, and then not again", async () => {
    const { sent, batcher, next } = batches();
    batcher.add(thought(1));
    batcher.flush();
    assert.deepEqual(sent, [{ first: 0, tokens: [1] }]);
    batcher.flush();
    assert.equal(sent.length, 1);
    batcher.add(thought(2));
    await next();
    assert.deepEqual(sent[1], { first: 1, tokens: [2] });
  });

  it("keep an event that comes while a batch is being sent", async () => {
    const sent: number[][] = [];
    const batcher: EventBatcher = new EventBatcher((first, events) => {
      sent.push([first, events.length]);
      if (sent.length === 1) batcher.add(thought(9));
    });
    batcher.add(thought(1));
    batcher.flush();
    batcher.flush();
    assert.deepEqual(sent, [
      [0, 1],
      [1, 1],
    ]);
  });
});
