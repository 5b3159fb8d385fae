import assert from "node:assert/strict";
import type { Lane } from "../../server/src/engine/engine.js";
import type { FromChild } from "../../server/src/engine/local/messages.js";
import { Outbox } from "../../server/src/engine/local/outbox.js";
import { type Job, Scheduler } from "../../server/src/engine/local/scheduler.js";

/** A scheduler over some slots and one for typing, whose jobs end when the test says so. */
class Desk {
  readonly began: number[] = [];
  readonly queued: number[] = [];
  readonly dropped: number[] = [];
  readonly aborted: number[] = [];
  readonly ending: string[] = [];
  readonly #ends = new Map<number, () => void>();
  readonly #free: string[];
  readonly scheduler: Scheduler<Job, string>;

  constructor(slots: number) {
    this.#free = ["typing", ...Array.from({ length: slots }, (_, index) => `slot ${index}`)];
    this.scheduler = new Scheduler<Job, string>({
      take: ({ lane }) => {
        const index = this.#free.findIndex((slot) => (slot === "typing") === (lane === "typing"));
        return index < 0 ? null : (this.#free.splice(index, 1)[0] ?? null);
      },
      ending: (slot) => void this.ending.push(slot),
      release: (slot) => void this.#free.push(slot),
      queued: ({ id }) => void this.queued.push(id),
      dropped: ({ id }) => void this.dropped.push(id),
      run: (job, _slot, signal) => {
        this.began.push(job.id);
        signal.addEventListener("abort", () => this.aborted.push(job.id));
        return new Promise((resolve) => this.#ends.set(job.id, resolve));
      },
    });
  }

  submit(id: number, lane: Lane): void {
    this.scheduler.submit({ id, lane });
  }

  async end(id: number): Promise<void> {
    this.#ends.get(id)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the scheduler of the engine's process", () => {
  it("serves runs before reviews, each in the order of its coming, and says who waits", async () => {
    const desk = new Desk(1);
    desk.submit(1, "run");
    desk.submit(2, "review");
    desk.submit(3, "review");
    desk.submit(4, "run");
    desk.submit(5, "run");
    assert.deepEqual([desk.began, desk.queued], [[1], [2, 3, 4, 5]]);
    for (const id of [1, 4, 5, 2, 3]) await desk.end(id);
    assert.deepEqual(desk.began, [1, 4, 5, 2, 3]);
    assert.equal(desk.scheduler.busy, false);
  });

  it("lets typing begin at once, however much is going on", () => {
    const desk = new Desk(1);
    desk.submit(1, "run");
    desk.submit(2, "run");
    desk.submit(3, "typing");
    assert.deepEqual(desk.began, [1, 3]);
  });

  it("keeps the others standing while typing works, and not longer", async () => {
    const desk = new Desk(2);
    desk.submit(1, "run");
    assert.equal(desk.scheduler.standsBy("run"), null);
    desk.submit(2, "typing");
    assert.equal(desk.scheduler.standsBy("typing"), null);
    let goesOn = false;
    void desk.scheduler.standsBy("review")?.then(() => {
      goesOn = true;
    });
    await desk.end(1);
    assert.equal(goesOn, false);
    await desk.end(2);
    assert.equal(goesOn, true);
    assert.equal(desk.scheduler.standsBy("run"), null);
  });

  it("drops what is cancelled before it begins, and tells what is running", async () => {
    const desk = new Desk(1);
    desk.submit(1, "run");
    desk.submit(2, "run");
    desk.scheduler.cancel(2);
    desk.scheduler.cancel(1);
    assert.deepEqual([desk.dropped, desk.aborted], [[2], [1]]);
    await desk.end(1);
    desk.scheduler.cancel(1);
    desk.scheduler.cancel(77);
    assert.deepEqual([desk.began, desk.dropped], [[1], [2]]);
  });

  it("says which sequence is free in a moment, and to who comes for it nothing of waiting", async () => {
    const desk = new Desk(2);
    desk.submit(1, "run");
    desk.submit(2, "run");
    desk.scheduler.cancel(2);
    assert.deepEqual(desk.ending, ["slot 1"]);
    desk.submit(3, "run");
    await desk.end(2);
    assert.deepEqual([desk.began, desk.queued], [[1, 2, 3], []]);
  });

  it("says that it waits, once, to who was not the one that the sequence went to", async () => {
    const desk = new Desk(1);
    desk.submit(1, "run");
    desk.scheduler.cancel(1);
    desk.submit(2, "review");
    desk.submit(3, "run");
    assert.deepEqual(desk.queued, []);
    await desk.end(1);
    assert.deepEqual([desk.began, desk.queued], [[1, 3], [2]]);
    desk.submit(4, "run");
    assert.deepEqual(desk.queued, [2, 4]);
  });
});

describe("the messages of the engine's process", () => {
  it("carry the first text at once, what follows soon after together, and keep their order", async () => {
    const sent: FromChild[] = [];
    const outbox = new Outbox((message) => sent.push(message));
    outbox.text(1, "a", 1);
    assert.deepEqual(sent, [{ type: "texts", id: 1, pieces: [["a", 1]] }]);
    outbox.text(1, "b", 2);
    outbox.text(2, "x", 1);
    outbox.text(1, "c", 3);
    assert.equal(sent.length, 1);
    outbox.send({ type: "started", id: 3 });
    assert.deepEqual(sent.slice(1), [
      {
        type: "texts",
        id: 1,
        pieces: [
          ["b", 2],
          ["c", 3],
        ],
      },
      { type: "texts", id: 2, pieces: [["x", 1]] },
      { type: "started", id: 3 },
    ]);
    outbox.text(1, "d", 4);
    const end = Date.now() + 5000;
    while (sent.length < 5 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(sent.at(-1), { type: "texts", id: 1, pieces: [["d", 4]] });
  });
});
