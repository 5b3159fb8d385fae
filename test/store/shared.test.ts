import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import fs, {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { applyEvent, emptyRun } from "../../server/src/store/fold.js";
import { isHeld, takeLock } from "../../server/src/store/lock.js";
import { findRun } from "../../server/src/store/parse-run.js";
import type { RunEvent } from "../../server/src/store/run.js";
import { RunBusy, RunStore } from "../../server/src/store/store.js";
import { EVENTS, HEADER } from "./runs.js";

const DAY = 24 * 60 * 60 * 1000;
const NO_LIMITS = { bytes: Number.POSITIVE_INFINITY, age: Number.POSITIVE_INFINITY };
const idOf = (index: number) => `20250102T0304${String(index).padStart(2, "0")}-0000000${index % 10}`;

describe("a store of runs that windows share", () => {
  let folder: string;
  let directory: string;
  let store: RunStore;
  const fileOf = (id: string) => join(directory, `${id}.jsonl`);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qed-shared-"));
    directory = join(folder, "runs");
    store = new RunStore(directory);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A run of many small events that has rested for a day. */
  function long(id: string, outcome = true): readonly RunEvent[] {
    const out = store.create({ ...HEADER, id });
    const events: RunEvent[] = [
      ...EVENTS.slice(0, 3),
      ...Array.from(
        { length: 2000 },
        (_, index): RunEvent => ({ type: "thought", text: ` wörd${index}`, tokens: index + 1 }),
      ),
      { type: "cut", tokens: 2000, length: 9000 },
      { type: "phase", phase: "reading", progress: 0.5 },
      { type: "phase", phase: "writing", progress: null },
      ...Array.from({ length: 500 }, (_, index): RunEvent => ({ type: "answer", text: ` ${index}`, tokens: index })),
      ...(outcome ? [{ type: "outcome", outcome: { kind: "proved" } } as const] : []),
    ];
    for (const event of events) out.append(event);
    out.close();
    const then = new Date(Date.now() - DAY);
    utimesSync(fileOf(id), then, then);
    return events;
  }

  it("lets one process write a run: another is told that it goes on, and goes on once the first has left", () => {
    const out = store.create(HEADER);
    const other = new RunStore(directory);
    assert.equal(other.isLive(HEADER.id), true);
    assert.throws(() => other.reopen(HEADER.id), RunBusy);
    assert.throws(() => other.delete(HEADER.id), RunBusy);
    out.append(EVENTS[3]!);
    out.close();
    const next = other.reopen(HEADER.id)!;
    next.append(EVENTS[4]!);
    next.close();
    assert.equal(store.isLive(HEADER.id), false);
    assert.equal(store.read(HEADER.id)?.run.thought.text, "Voilà 💡.\nEnd. More");
    assert.deepEqual(readdirSync(folder), ["runs"], "no lock is left behind");
  });

  it("takes a decision for a run that another process is writing", () => {
    const out = store.create(HEADER);
    out.append(EVENTS[3]!);
    new RunStore(directory).append(HEADER.id, { type: "decision", decision: "accepted" });
    out.append(EVENTS[4]!);
    out.close();
    const { run, events } = store.read(HEADER.id)!;
    assert.equal(events, 3);
    assert.equal(run.decision, "accepted");
    assert.equal(run.thought.text, "Voilà 💡.\nEnd. More");
  });

  it("has all that two processes write at the same time, in the same run and in their own", async function () {
    this.timeout(60_000);
    store.create(HEADER).close();
    const rounds = 400;
    const children: ChildProcess[] = [1, 2].map((name) =>
      fork(join(import.meta.dirname, "writer.ts"), [directory, HEADER.id, String(name), String(rounds)], {
        execArgv: ["--import", "tsx"],
      }),
    );
    const ends = children.map((child) => once(child, "exit"));
    let looked = 0;
    while (children.some(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      // Whoever reads meanwhile reads whole runs, and nothing is compacted away under a writer.
      for (const id of store.ids()) assert.ok(store.read(id), id);
      // Later, but not so late that what is being made looks left behind.
      store.tidy(NO_LIMITS, Date.now() + DAY / 2);
      looked++;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
    assert.ok(looked > 0);
    const lines = readFileSync(fileOf(HEADER.id), "utf8").trimEnd().split("\n").slice(1);
    const shared = lines.map((line) => JSON.parse(line) as { text: string; of?: number });
    const texts = shared.map(({ text }) => text).join("");
    for (const name of [1, 2]) {
      const own = [...texts.matchAll(new RegExp(`<${name}:(\\d+)>`, "g"))].map(([, index]) => Number(index));
      assert.deepEqual(
        own,
        Array.from({ length: rounds }, (_, index) => index),
        `writer ${name}`,
      );
    }
    const others = store.ids().filter((id) => id !== HEADER.id);
    assert.equal(others.length, 2 * 20);
    for (const id of others) assert.equal(store.read(id)?.events, EVENTS.length);
  });

  it("takes over what a process left that has died, and no lock of one that lives", () => {
    const path = join(`${directory}.locks`, HEADER.id);
    const release = takeLock(path)!;
    assert.equal(isHeld(path), true);
    assert.equal(takeLock(path), null);
    const self = JSON.parse(readFileSync(path, "utf8"));
    assert.equal(self.pid, process.pid);
    for (const holder of [{ ...self, pid: 2 ** 30 }, ...(self.began === null ? [] : [{ ...self, began: "1" }])]) {
      writeFileSync(path, JSON.stringify(holder));
      assert.equal(isHeld(path), false, JSON.stringify(holder));
      takeLock(path)!();
      mkdirSync(`${directory}.locks`, { recursive: true });
    }
    writeFileSync(path, JSON.stringify({ ...self, host: `not-${hostname()}` }));
    assert.equal(isHeld(path), true, "another machine is believed");
    writeFileSync(path, "");
    assert.equal(isHeld(path), true, "one that is just being written");
    const then = new Date(Date.now() - 60_000);
    utimesSync(path, then, then);
    assert.equal(isHeld(path), false);
    release();
  });

  describe("a lock that is given back in the moment in which another process looks", () => {
    const { readFileSync: read, renameSync: rename, writeFileSync: write } = fs;
    let path: string;
    let moved = 0;
    beforeEach(() => {
      path = join(`${directory}.locks`, HEADER.id);
      moved = 0;
      fs.renameSync = (...args) => {
        moved++;
        rename(...args);
      };
    });
    afterEach(() => {
      Object.assign(fs, { readFileSync: read, renameSync: rename, writeFileSync: write });
      syncBuiltinESMExports();
    });

    it("is taken, and not the lock of who was faster taken away", () => {
      const release = takeLock(path)!;
      fs.writeFileSync = (...args) => {
        try {
          write(...args);
        } catch (error) {
          release();
          throw error;
        }
      };
      syncBuiltinESMExports();
      takeLock(path)!();
      assert.equal(moved, 0);
    });

    it("is believed for as long as one that is just being written", () => {
      takeLock(path);
      write(path, "");
      fs.readFileSync = ((...args: Parameters<typeof read>) => {
        const text = read(...args);
        if (text === "") rmSync(path, { force: true });
        return text;
      }) as typeof read;
      syncBuiltinESMExports();
      assert.equal(takeLock(path), null);
      assert.equal(moved, 0);
    });
  });

  it("compacts a run that has rested: the same fold, the same number of events, a fraction of the size", () => {
    const events = long(HEADER.id);
    const before = store.read(HEADER.id)!;
    const { size, mtimeMs } = statSync(fileOf(HEADER.id));
    assert.deepEqual(store.tidy(NO_LIMITS), { deleted: 0, compacted: 1 });
    assert.deepEqual(store.read(HEADER.id), before);
    assert.equal(before.events, events.length);
    assert.deepEqual(before.run, events.reduce(applyEvent, emptyRun(HEADER)));
    assert.ok(statSync(fileOf(HEADER.id)).size < size / 4);
    assert.equal(statSync(fileOf(HEADER.id)).mtimeMs, mtimeMs, "it is as old as it was");
    assert.deepEqual(store.tidy(NO_LIMITS), { deleted: 0, compacted: 0 }, "once");
    store.append(HEADER.id, { type: "decision", decision: "accepted" });
    assert.equal(store.read(HEADER.id)?.events, events.length + 1);
  });

  it("leaves whoever reads while it compacts with the whole of what it was", () => {
    long(HEADER.id);
    const before = readFileSync(fileOf(HEADER.id));
    const descriptor = openSync(fileOf(HEADER.id), "r");
    try {
      const read = Buffer.alloc(before.length);
      let at = readSync(descriptor, read, 0, 1000, 0);
      store.tidy(NO_LIMITS);
      while (at < before.length) at += readSync(descriptor, read, at, before.length - at, at);
      assert.ok(read.equals(before));
    } finally {
      closeSync(descriptor);
    }
  });

  it("compacts nothing that is being written or was written just now", () => {
    long(HEADER.id);
    const size = statSync(fileOf(HEADER.id)).size;
    const out = store.reopen(HEADER.id)!;
    assert.equal(new RunStore(directory).tidy(NO_LIMITS).compacted, 0);
    out.close();
    assert.equal(statSync(fileOf(HEADER.id)).size, size);
    const now = new Date();
    utimesSync(fileOf(HEADER.id), now, now);
    assert.equal(store.tidy(NO_LIMITS).compacted, 0);
  });

  it("keeps to its bounds: the oldest go first, by size and by age, and none that is being written", () => {
    for (let index = 0; index < 6; index++) {
      long(idOf(index));
      const then = new Date(Date.now() - (10 - index) * DAY);
      utimesSync(fileOf(idOf(index)), then, then);
    }
    assert.equal(store.tidy(NO_LIMITS).compacted, 4, "a few at once");
    assert.equal(store.tidy(NO_LIMITS).compacted, 2);
    const out = store.reopen(idOf(0))!;
    const one = statSync(fileOf(idOf(1))).size;
    assert.equal(store.tidy({ bytes: 4 * one + 100, age: NO_LIMITS.age }).deleted, 2);
    assert.deepEqual(store.ids(), [0, 3, 4, 5].map(idOf));
    assert.equal(store.tidy({ bytes: NO_LIMITS.bytes, age: 6.5 * DAY }).deleted, 1);
    assert.deepEqual(store.ids(), [0, 4, 5].map(idOf));
    out.close();
    assert.equal(store.tidy({ bytes: 0, age: 0 }).deleted, 3);
    assert.deepEqual(store.ids(), []);
  });

  it("tells a newer file from a broken one and from none", () => {
    store.create(HEADER).close();
    writeFileSync(fileOf(idOf(1)), `${JSON.stringify({ ...HEADER, id: idOf(1), schema: 3 })}\n{"type":"dream"}\n`);
    writeFileSync(fileOf(idOf(2)), "{");
    assert.deepEqual(store.find(idOf(1)), { kind: "newer", schema: 3 });
    assert.deepEqual(store.find(idOf(2)), { kind: "broken" });
    assert.equal(store.find(idOf(3)), null);
    assert.deepEqual(store.summary(idOf(1)), { newer: 3 });
    assert.equal(store.summary(idOf(2)), null);
    store.tidy(NO_LIMITS, Date.now() + DAY);
    assert.deepEqual(store.find(idOf(1)), { kind: "newer", schema: 3 }, "it is left as it is");
  });

  it("reads files of the first schema", () => {
    const text = [HEADER, ...EVENTS].map((line) => `${JSON.stringify(line)}\n`).join("");
    assert.equal(HEADER.schema, 1);
    const found = findRun(text);
    assert.ok(found.kind === "run");
    assert.equal(found.stored.run.thought.early, "budget");
  });

  it("begins no run that a crash could leave without its header", () => {
    const seen: string[] = [];
    store.create(HEADER).close();
    for (const name of readdirSync(directory)) seen.push(name);
    assert.deepEqual(seen, [`${HEADER.id}.jsonl`], "nothing is left of how it was made");
    assert.ok(readFileSync(fileOf(HEADER.id), "utf8").endsWith("\n"));
  });

  it("sweeps up what a process that died was making, once it is old", () => {
    store.create(HEADER).close();
    const begun = join(directory, `.${HEADER.id}-0123abcd`);
    writeFileSync(begun, "{");
    writeFileSync(join(directory, ".mine"), "");
    store.tidy(NO_LIMITS);
    assert.equal(readdirSync(directory).length, 3);
    store.tidy(NO_LIMITS, Date.now() + 2 * DAY);
    assert.deepEqual(readdirSync(directory).sort(), [".mine", `${HEADER.id}.jsonl`]);
  });

  it("lists a run by its two ends, however long it is", () => {
    const events = long(HEADER.id);
    store.append(HEADER.id, { type: "decision", decision: "rejected" });
    const summary = store.summary(HEADER.id);
    assert.ok(summary && !("newer" in summary));
    assert.deepEqual(summary.header, HEADER);
    assert.deepEqual([summary.outcome, summary.decision, summary.live], [{ kind: "proved" }, "rejected", false]);
    assert.equal(summary.answerTokens, 499);
    assert.equal(summary.bytes, statSync(fileOf(HEADER.id)).size);
    assert.ok(events.length > 2000);
  });
});
