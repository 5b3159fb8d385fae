import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { applyEvent, emptyRun } from "../../server/src/store/fold.js";
import { parseRun } from "../../server/src/store/parse-run.js";
import { RunStore } from "../../server/src/store/store.js";
import { EVENTS, HEADER } from "./runs.js";

const OTHER = { ...HEADER, id: "20250102T030406-ffffffff" };

/** The run after each number of events. */
const AFTER = [emptyRun(HEADER)];
for (const event of EVENTS) AFTER.push(applyEvent(AFTER.at(-1)!, event));

describe("the store of runs", () => {
  let directory: string;
  let store: RunStore;
  const fileOf = (id: string) => join(directory, `${id}.jsonl`);

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), "qed-store-")), "runs");
    store = new RunStore(directory);
  });
  afterEach(() => rmSync(dirname(directory), { recursive: true }));

  function write(events = EVENTS): void {
    const out = store.create(HEADER);
    for (const event of events) out.append(event);
    out.close();
  }

  it("writes nothing before the first run", () => {
    assert.deepEqual(store.ids(), []);
    assert.equal(store.read(HEADER.id), null);
    assert.ok(!existsSync(directory));
  });

  it("has the header on disk first, and each event when it is told", () => {
    const out = store.create(HEADER);
    assert.deepEqual(store.read(HEADER.id), { run: emptyRun(HEADER), events: 0 });
    for (const [index, event] of EVENTS.entries()) {
      out.append(event);
      assert.deepEqual(store.read(HEADER.id), { run: AFTER[index + 1], events: index + 1 });
    }
    out.close();
    const lines = readFileSync(fileOf(HEADER.id), "utf8").split("\n");
    assert.deepEqual(JSON.parse(lines[0] ?? ""), HEADER);
    assert.deepEqual(
      lines.slice(1, -1).map((line) => JSON.parse(line)),
      EVENTS,
    );
  });

  it("reads the fold of all events", () => {
    write();
    const { run } = store.read(HEADER.id)!;
    assert.deepEqual(run.thought, { text: "Voilà 💡.\nEnd.", tokens: 5, cut: true, early: "budget" });
    assert.deepEqual(run.answer, { text: '証明 \\(a\\) "∎"', tokens: 2 });
    assert.deepEqual(run.outcome, { kind: "proved" });
    assert.equal(run.decision, "accepted");
    assert.equal(run.engine?.model, "m");
  });

  it("reads a file that was cut at any byte: the events before the cut, and never throws", () => {
    write();
    const bytes = readFileSync(fileOf(HEADER.id));
    const header = bytes.indexOf("\n");
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(fileOf(HEADER.id), bytes.subarray(0, length));
      const stored = store.read(HEADER.id);
      if (length < header) {
        assert.equal(stored, null, `${length} bytes`);
        continue;
      }
      const text = bytes.subarray(0, length).toString("utf8");
      // A line without its line break is whole if the next byte would be one.
      const whole = bytes[length] === 10 ? text.split("\n").length - 1 : text.split("\n").length - 2;
      assert.deepEqual(stored, { run: AFTER[whole], events: whole }, `${length} bytes`);
    }
  });

  it("appends to a file that was cut at any byte, and reads what was appended", () => {
    write();
    const bytes = readFileSync(fileOf(HEADER.id));
    for (let length = bytes.indexOf("\n"); length <= bytes.length; length++) {
      writeFileSync(fileOf(HEADER.id), bytes.subarray(0, length));
      const before = store.read(HEADER.id)!;
      store.append(HEADER.id, { type: "decision", decision: "rejected" });
      const stored = store.read(HEADER.id)!;
      assert.equal(stored.events, before.events + 1, `${length} bytes`);
      assert.deepEqual(stored.run, { ...before.run, decision: "rejected" }, `${length} bytes`);
    }
  });

  it("passes over events of a kind that it does not know, and lines that are no event", () => {
    const known = { type: "thought", text: "x", tokens: 1 };
    const lines = [
      HEADER,
      { type: "telepathy", text: "?" },
      known,
      null,
      5,
      "a",
      [],
      {},
      { type: 3 },
      { type: "__proto__" },
    ];
    const stored = parseRun(lines.map((line) => JSON.stringify(line)).join("\n"));
    assert.equal(stored?.run.thought.text, "x");
    assert.deepEqual({ ...stored?.run, thought: null }, { ...emptyRun(HEADER), thought: null });
  });

  it("refuses a file of a newer schema, and what is no run", () => {
    for (const header of [{ ...HEADER, schema: 3 }, { ...HEADER, type: "verdict" }, {}, null, 5, "run", []]) {
      assert.equal(parseRun(`${JSON.stringify(header)}\n${JSON.stringify(EVENTS[0])}\n`), null);
    }
    for (const text of ["", "\n", "{", "\0\0\0", `\n${JSON.stringify(HEADER)}`]) assert.equal(parseRun(text), null);
  });

  it("makes no path of what is no id", () => {
    write();
    writeFileSync(join(directory, "..", "secret.jsonl"), `${JSON.stringify(HEADER)}\n`);
    const secret = readFileSync(join(directory, "..", "secret.jsonl"), "utf8");
    const ids = [
      "../secret",
      "..\\secret",
      "/etc/passwd",
      "",
      ".",
      `${HEADER.id}\n`,
      `${HEADER.id}/`,
      `./${HEADER.id}`,
    ];
    for (const id of ids) {
      assert.equal(store.read(id), null, id);
      store.append(id, EVENTS[0]!);
      assert.throws(() => store.create({ ...HEADER, id }), RangeError);
    }
    assert.equal(readFileSync(join(directory, "..", "secret.jsonl"), "utf8"), secret);
    assert.deepEqual(readdirSync(directory), [`${HEADER.id}.jsonl`]);
  });

  it("appends nothing to a run that is not there", () => {
    store.append(OTHER.id, EVENTS[0]!);
    assert.equal(store.read(OTHER.id), null);
    assert.deepEqual(store.ids(), []);
  });

  it("keeps runs that are written at the same time apart", () => {
    const [first, second] = [store.create(HEADER), store.create(OTHER)];
    for (const event of EVENTS) {
      second.append(event);
      first.append(event);
    }
    first.close();
    second.close();
    assert.deepEqual(store.read(HEADER.id), { run: AFTER.at(-1), events: EVENTS.length });
    assert.deepEqual(store.read(OTHER.id)?.run, { ...AFTER.at(-1), header: OTHER });
  });

  it("never writes over a run", () => {
    write();
    assert.throws(() => store.create(HEADER), { code: "EEXIST" });
    assert.equal(store.read(HEADER.id)?.events, EVENTS.length);
  });

  it("writes nothing once a run's file is closed, where another file may have its descriptor", () => {
    const out = store.create(HEADER);
    out.close();
    out.close();
    const other = store.create(OTHER);
    assert.throws(() => out.append(EVENTS[0]!));
    other.close();
    assert.equal(store.read(OTHER.id)?.events, 0);
  });

  it("lists runs from the oldest on, and nothing else that lies there", () => {
    store.create(OTHER).close();
    store.create(HEADER).close();
    for (const name of ["notes.txt", "x.jsonl", ".jsonl", `${HEADER.id}.jsonl.bak`])
      writeFileSync(join(directory, name), "");
    assert.deepEqual(store.ids(), [HEADER.id, OTHER.id]);
  });

  it("lets nobody else read what was proved", function () {
    if (process.platform === "win32") this.skip();
    write();
    assert.equal(statSync(fileOf(HEADER.id)).mode & 0o077, 0);
    assert.equal(statSync(directory).mode & 0o077, 0);
  });
});
