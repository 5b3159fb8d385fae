import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TypingCache } from "../../../server/src/features/ghost-text/cache.js";

describe("the cache of ghost text", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qed-cache-"));
    path = join(folder, "deep", "ghost-text.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("finds a text by its beginning and by what was typed of it since, after a restart too", () => {
    new TypingCache(path).set("q", "Let x", { text: " be even. So", complete: false });
    const cache = new TypingCache(path);
    assert.deepEqual(cache.get("q", "Let x be"), { text: " even. So", complete: false });
    assert.equal(cache.get("q", "Let x is"), null);
    assert.equal(cache.get("q", "Let y"), null);
    assert.equal(cache.get("other", "Let x"), null);
  });

  it("passes over a torn line and goes on after it", () => {
    new TypingCache(path).set("q", "a", { text: " b.", complete: true });
    appendFileSync(path, '\n{"asked":"q","le');
    new TypingCache(path).set("q", "c", { text: " d.", complete: true });
    const cache = new TypingCache(path);
    assert.equal(cache.get("q", "a")?.text, " b.");
    assert.equal(cache.get("q", "c")?.text, " d.");
  });

  it("stays small, in memory and on disk, and forgets the oldest first", () => {
    const cache = new TypingCache(path);
    for (let k = 0; k < 4_000; k++) cache.set(`q${k >> 5}`, `text ${k}`, { text: " and more of it.", complete: true });
    assert.ok(statSync(path).size < 500_000, String(statSync(path).size));
    const again = new TypingCache(path);
    assert.equal(again.get("q0", "text 0"), null);
    assert.equal(again.get("q124", "text 3999")?.text, " and more of it.");
  });

  it("touches nothing before its first use, and lasts without a disk", () => {
    const cache = new TypingCache(path);
    assert.equal(existsSync(path), false);
    const without = new TypingCache(join("/dev/null", "cache"));
    without.set("q", "a", { text: " b.", complete: true });
    assert.equal(without.get("q", "a")?.text, " b.");
    assert.equal(cache.get("q", "a"), null);
  });
});
