import assert from "node:assert/strict";
import type { Engine, EngineLimits } from "../../server/src/engine/engine.js";
import { EngineHost } from "../../server/src/engine/engine-host.js";
import { EventQueue } from "../../server/src/engine/event-queue.js";
import { DEFAULT_SETTINGS, type Settings } from "../../server/src/settings.js";

describe("the engine that is kept for the settings", () => {
  const disposed: Settings[] = [];
  const host = new EngineHost((settings) => {
    if (settings.endpoint === "broken") throw new Error("no address");
    return { dispose: async () => void disposed.push(settings) } as unknown as Engine;
  });

  it("stays the same as long as its settings do, whatever becomes of the others", async () => {
    const engine = await host.get(DEFAULT_SETTINGS);
    assert.equal(await host.get({ ...DEFAULT_SETTINGS, thinkingBudget: 5, answerBudget: 6, codeLens: "off" }), engine);
    assert.deepEqual(disposed, []);
  });

  it("takes limits that have changed, and goes on", async () => {
    const taken: EngineLimits[] = [];
    const other = new EngineHost(() => {
      return { adjust: (limits: EngineLimits) => taken.push(limits), dispose: async () => {} } as unknown as Engine;
    });
    const engine = await other.get(DEFAULT_SETTINGS);
    assert.equal(await other.get({ ...DEFAULT_SETTINGS, idleMinutes: 1, cacheGB: 0 }), engine);
    assert.deepEqual(
      taken.map(({ idleMinutes, cacheGB }) => [idleMinutes, cacheGB]),
      [[1, 0]],
    );
  });

  it("survives settings that no engine can be made from", async () => {
    const engine = await host.get(DEFAULT_SETTINGS);
    await assert.rejects(host.get({ ...DEFAULT_SETTINGS, endpoint: "broken" }), /no address/);
    assert.equal(await host.get(DEFAULT_SETTINGS), engine);
    assert.deepEqual(disposed, []);
  });

  it("ends when another one takes its place", async () => {
    const changes: Partial<Settings>[] = [
      { engine: "http" },
      { model: "m" },
      { endpoint: "e" },
      { gpu: false },
      { contextSize: 4096 },
      { serverTimeout: 1 },
    ];
    for (const change of changes) {
      const engine = await host.get(DEFAULT_SETTINGS);
      disposed.length = 0;
      assert.notEqual(await host.get({ ...DEFAULT_SETTINGS, ...change }), engine, JSON.stringify(change));
      assert.deepEqual(disposed, [DEFAULT_SETTINGS]);
    }
  });

  it("ends with its host", async () => {
    await host.get(DEFAULT_SETTINGS);
    disposed.length = 0;
    await host.dispose();
    await host.dispose();
    assert.deepEqual(disposed, [DEFAULT_SETTINGS]);
  });
});

describe("a queue of events", () => {
  async function collect(queue: EventQueue<number>): Promise<number[]> {
    const values: number[] = [];
    for await (const value of queue) values.push(value);
    return values;
  }

  it("gives what was pushed before and after someone reads, in order, to its end", async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    const all = collect(queue);
    await Promise.resolve();
    queue.push(2);
    queue.push(3);
    queue.end();
    queue.push(4);
    assert.deepEqual(await all, [1, 2, 3]);
  });

  it("fails at once, with what waits dropped, and only once", async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.fail(new Error("first"));
    queue.fail(new Error("second"));
    await assert.rejects(collect(queue), /first/);
  });

  it("can't fail after its end", async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.end();
    queue.fail(new Error("late"));
    assert.deepEqual(await collect(queue), [1]);
  });

  it("fails also for the reason undefined", async () => {
    const queue = new EventQueue<number>();
    queue.fail(undefined);
    await assert.rejects(collect(queue));
  });
});
