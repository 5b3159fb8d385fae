import assert from "node:assert/strict";
import { type GpuMemory, IdleWatch, type LetGoReason } from "../../server/src/engine/local/idle-watch.js";
import { until } from "./local-child.js";

const MIB = 2 ** 20;
const TOTAL = 8192 * MIB;

/** A watch whose GPU answers what the test says. */
class Trial {
  readonly reasons: LetGoReason[] = [];
  asked = 0;
  memory: GpuMemory | null = { free: 2000 * MIB, total: TOTAL };
  minutes = 0;
  readonly watch = new IdleWatch({
    minutes: () => this.minutes,
    gpu: async () => {
      this.asked++;
      return this.memory;
    },
    letGo: (reason) => void this.reasons.push(reason),
    pollMs: 1,
  });

  async looks(times: number): Promise<void> {
    const goal = this.asked + times;
    await until("the GPU was asked", () => this.asked >= goal);
  }
}

describe("an idle engine", () => {
  it("lets its model go when another program takes the memory of the GPU", async () => {
    const trial = new Trial();
    trial.watch.idle(true);
    await trial.looks(3);
    assert.deepEqual(trial.reasons, []);
    trial.memory = { free: 500 * MIB, total: TOTAL };
    await until("it is let go", () => trial.reasons.length > 0);
    assert.deepEqual(trial.reasons, ["memory"]);
    const { asked } = trial;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(trial.asked, asked, "and then nobody asks any more");
  });

  it("keeps it where memory was short from the beginning, where much is left, or where nobody can tell", async () => {
    for (const [before, after] of [
      [500, 400],
      [6000, 2000],
      [900, 800],
    ] as const) {
      const trial = new Trial();
      trial.memory = { free: before * MIB, total: TOTAL };
      trial.watch.idle(true);
      await trial.looks(2);
      trial.memory = { free: after * MIB, total: TOTAL };
      await trial.looks(3);
      trial.watch.busy();
      assert.deepEqual(trial.reasons, [], `${before} to ${after}`);
    }
    const unknown = new Trial();
    unknown.memory = null;
    unknown.watch.idle(true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([unknown.asked, unknown.reasons], [1, []]);
  });

  it("asks nobody while it works, and never on a processor", async () => {
    const trial = new Trial();
    trial.watch.idle(false);
    assert.equal(trial.asked, 0);
    trial.watch.idle(true);
    await trial.looks(2);
    trial.watch.busy();
    const { asked } = trial;
    trial.memory = { free: 0, total: TOTAL };
    const end = Date.now() + 30;
    await until("time has passed", () => Date.now() > end);
    assert.ok(trial.asked <= asked + 1);
    assert.deepEqual(trial.reasons, [], "an answer that comes late counts for nothing");
  });

  it("counts its idle time anew after each use", async () => {
    const trial = new Trial();
    trial.minutes = 1 / 60_000;
    trial.watch.idle(false);
    trial.watch.busy();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(trial.reasons, []);
    trial.watch.idle(false);
    await until("it is let go", () => trial.reasons.length > 0);
    assert.deepEqual(trial.reasons, ["idle"]);
  });
});
