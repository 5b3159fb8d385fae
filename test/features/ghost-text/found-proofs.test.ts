import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoundProofs } from "../../../server/src/features/ghost-text/found-proofs.js";
import type { RunEvent } from "../../../server/src/store/run.js";
import { RunStore } from "../../../server/src/store/store.js";
import { HEADER } from "../../store/runs.js";

const PROVED: RunEvent = { type: "outcome", outcome: { kind: "proved" } };
const STATEMENT = "All is well.";
const HERE = "file:///here.tex";

describe("the proofs that runs found", () => {
  let folder: string;
  let store: RunStore;
  let found: FoundProofs;
  let read: string[];
  let now: number;
  let count: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qed-found-"));
    store = new RunStore(join(folder, "runs"));
    read = [];
    now = 0;
    count = 0;
    const counted = {
      ids: () => store.ids(),
      summary: (id: string) => store.summary(id),
      read: (id: string) => {
        read.push(id);
        return store.read(id);
      },
    };
    found = new FoundProofs(counted, () => now);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(text: string, events: readonly RunEvent[], uri = HERE): string {
    const id = `20260101T00000${++count}-0000000${count}`;
    const out = store.create({ ...HEADER, id, statement: { ...HEADER.statement, text, uri } });
    for (const event of [{ type: "answer", text: `Proof ${count}.`, tokens: 3 } as const, ...events]) {
      out.append(event);
    }
    out.close();
    return id;
  }
  const texts = async () =>
    (await found.of(STATEMENT, HERE, new AbortController().signal)).map((proof) => proof.found.text);

  it("are those of the statement, of its own document first, the newest first, and nothing else is read", async () => {
    const own = write(STATEMENT, [PROVED]);
    write("Nothing is well.", [PROVED]);
    const elsewhere = write(STATEMENT, [PROVED], "file:///elsewhere.tex");
    const newer = write(STATEMENT, [PROVED]);
    assert.deepEqual(await texts(), ["Proof 4.", "Proof 1.", "Proof 3."]);
    assert.deepEqual(read, [newer, own, elsewhere]);
    await texts();
    assert.equal(read.length, 3);
  });

  it("grow while their run goes on, and go with its file", async () => {
    const id = write(STATEMENT, []);
    assert.deepEqual(await texts(), ["Proof 1."]);
    store.append(id, { type: "answer", text: " More.", tokens: 5 });
    now += 1_000;
    assert.deepEqual(await texts(), ["Proof 1. More."]);
    assert.ok(store.delete(id));
    assert.deepEqual(await texts(), []);
  });

  it("are not those of a run that failed", async () => {
    write(STATEMENT, [{ type: "outcome", outcome: { kind: "cancelled", message: "Stopped." } }]);
    assert.deepEqual(await texts(), []);
  });
});
