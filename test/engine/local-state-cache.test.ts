import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelIdentity, StateCache } from "../../server/src/engine/local/state-cache.js";

const KEY = { model: "m", engine: "3.22.1", kvType: "F16" };
const MIB = 2 ** 20;

describe("states of prompts on disk", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qed-states-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (limit = 100 * MIB, key = KEY) => new StateCache(join(folder, "prefixes"), limit, key);

  async function save(cache: StateCache, tokens: readonly number[], text = `state of ${tokens}`): Promise<void> {
    const { finished } = await cache.save(tokens, text.length, (path) => writeFile(path, text));
    await finished;
  }

  const files = () =>
    existsSync(join(folder, "prefixes"))
      ? readdirSync(join(folder, "prefixes"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
          entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
        )
      : [];

  it("are found by the longest common beginning, also by another process", async () => {
    const cache = open();
    await save(cache, [1, 2, 3]);
    await save(cache, [1, 2, 3, 4, 5, 6]);
    for (const each of [cache, open()]) {
      const found = await each.find([1, 2, 3, 4, 9], 100);
      assert.equal(found?.common, 4);
      assert.ok(found && (await each.check(found)));
      assert.equal(readFileSync(found.path, "utf8"), "state of 1,2,3,4,5,6");
      assert.equal(
        (await each.find([1, 2, 3, 4, 9], 5))?.common,
        3,
        "one that is longer than the context is not taken",
      );
      assert.equal(await each.find([2, 1], 100), null);
    }
  });

  it("are not found under another model, engine or KV type", async () => {
    await save(open(), [1, 2, 3]);
    for (const change of [{ model: "n" }, { engine: "3.22.2" }, { kvType: "Q8_0" }]) {
      assert.equal(await open(100 * MIB, { ...KEY, ...change }).find([1, 2, 3], 100), null, JSON.stringify(change));
    }
    assert.equal((await open().find([1, 2, 3], 100))?.common, 3);
  });

  it("that were damaged are not used, and are removed", async () => {
    const damages: ((path: string) => void)[] = [
      (path) => truncateSync(path, 3),
      (path) => writeFileSync(path, readFileSync(path, "utf8").replace("s", "S")),
      (path) => rmSync(path),
    ];
    for (const damage of damages) {
      const cache = open();
      await save(cache, [1, 2, 3]);
      const found = await cache.find([1, 2, 3], 100);
      assert.ok(found);
      damage(found.path);
      assert.equal(await cache.check(found), false);
      assert.deepEqual(files(), []);
      assert.equal(await cache.find([1, 2, 3], 100), null);
    }
  });

  it("whose record is damaged or missing are removed when they are looked for", async () => {
    for (const damage of ["", "{", '{"tokens":["a"],"digest":"x"}', "[]", "null", '{"tokens":[1.5],"digest":"x"}']) {
      await save(open(), [1, 2, 3]);
      const record = files().find((path) => path.endsWith(".json"))!;
      writeFileSync(record, damage);
      assert.equal(await open().find([1, 2, 3], 100), null, damage);
      assert.deepEqual(files(), [], damage);
    }
  });

  it("stay below the limit of all keys together; what was not used for longest goes first", async () => {
    const limit = 3 * 1000;
    const cache = open(limit);
    const state = "x".repeat(1000);
    const old = open(limit, { ...KEY, engine: "old" });
    await save(old, [9], state);
    await save(cache, [1], state);
    await save(cache, [2], state);
    for (const [index, path] of files()
      .filter((path) => path.endsWith(".json"))
      .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
      .entries()) {
      utimesSync(path, new Date(index * 1000), new Date(index * 1000));
    }
    const first = await cache.find([1], 100);
    assert.ok(first && (await cache.check(first)), "used just now");
    await save(cache, [3], state);
    assert.equal(await open(limit, { ...KEY, engine: "old" }).find([9], 100), null);
    await save(cache, [4], state);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(async (token) => (await cache.find([token], 100)) !== null)), [
      true,
      false,
      true,
      true,
    ]);
    assert.equal(files().filter((path) => path.endsWith(".state")).length, 3);
  });

  it("are not written where they can't fit, or where nothing is to be kept", async () => {
    for (const limit of [0, 10]) {
      const cache = open(limit);
      const { finished } = await cache.save([1, 2], 11, () => assert.fail("written"));
      await finished;
      assert.equal(await cache.find([1, 2], 100), null);
    }
    assert.deepEqual(files(), []);
  });

  it("leave nothing behind when writing fails, and no half file that somebody could take", async () => {
    const cache = open();
    const { finished } = await cache.save([1, 2], 11, async (path) => {
      await writeFile(path, "half");
      throw new Error("disk full");
    });
    await finished;
    assert.deepEqual(files(), []);
    mkdirSync(join(folder, "prefixes", "k"), { recursive: true });
    const abandoned = join(folder, "prefixes", "k", "a.123-1.part");
    writeFileSync(abandoned, "half");
    utimesSync(abandoned, new Date(0), new Date(0));
    await open().find([1], 100);
    assert.deepEqual(files(), []);
  });

  it("belong to the contents of a model's file, not to its name", async () => {
    const path = join(folder, "a.gguf");
    const other = join(folder, "b.gguf");
    const time = new Date(1_700_000_000_000);
    const write = (file: string, text: string) => {
      writeFileSync(file, text);
      utimesSync(file, time, time);
    };
    write(path, "GGUF one");
    write(other, "GGUF one");
    const identity = await modelIdentity(path);
    assert.equal(await modelIdentity(other), identity);
    write(other, "GGUF two");
    assert.notEqual(await modelIdentity(other), identity);
    utimesSync(path, time, new Date());
    assert.notEqual(await modelIdentity(path), identity);
  });
});
