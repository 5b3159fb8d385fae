import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { download } from "../../server/src/models/download.js";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import { downloadTrials, smallDisk } from "../soak/downloads.js";
import { modelBytes, NETWORK, Trial } from "./downloads.js";

describe("downloads cut at random bytes", function () {
  this.timeout(20_000);
  for (const [from, count] of [
    [50, 5],
    [55, 5],
  ] as const) {
    it(`${count} of them end bit for bit, or say what happened, and no half file has the final name`, async () => {
      for (const { what, result, wrong } of await downloadTrials(from, count))
        assert.equal(wrong, "", `${what}: ${result}`);
    });
  }
});

describe("a disk that is full", () => {
  it("in the middle of a write leaves exactly what was written whole, and the next attempt goes on from there", async () => {
    const content = modelBytes(1_000_000);
    const trial = await Trial.start(content);
    const probe = await open(join(trial.folder, "probe"), "w");
    const handles = Object.getPrototypeOf(probe) as { write: (...args: unknown[]) => Promise<unknown> };
    await probe.close();
    const { write } = handles;
    let room = 400_000;
    handles.write = function (
      this: typeof handles,
      bytes: unknown,
      offset: unknown,
      length: unknown,
      ...rest: unknown[]
    ) {
      const fits = Math.min(room, Number(length));
      if (fits === 0) return Promise.reject(Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" }));
      room -= fits;
      return write.call(this, bytes, offset, fits, ...rest);
    };
    try {
      await assert.rejects(trial.download(), (error) => error instanceof SetUpError && error.code === "disk.full");
      const half = readFileSync(`${trial.target}.part`);
      assert.ok(half.length > 300_000 && half.length <= 400_000 && half.equals(content.subarray(0, half.length)));
      assert.equal(trial.whole(), null);
    } finally {
      handles.write = write;
    }
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
    assert.match(String(trial.hub.requests.at(-1)!.headers.range), /^bytes=3\d{5}-$/);
    await trial.close();
  });

  it("is told with the next step, what came is kept, and nothing has the final name", async function () {
    const disk = smallDisk();
    if (disk === null) {
      console.log("skipped: no small disk can be mounted here");
      return this.skip();
    }
    const content = modelBytes(6_000_000);
    const trial = await Trial.start(content);
    try {
      trial.hub.always = { chunked: { extra: 0 } };
      const signal = new AbortController().signal;
      const options = { network: NETWORK, signal, onProgress: () => {}, pauseMs: 1 };
      const target = join(disk.folder, "model.gguf");
      await assert.rejects(download(trial.wanted({ size: null }), target, options), (error) => {
        assert.ok(error instanceof SetUpError);
        assert.equal(error.code, "disk.full");
        assert.match(
          error.message,
          /^The disk of .* is full\. Free some space and set up again: what is there is kept/,
        );
        return true;
      });
      assert.ok(!readdirSync(disk.folder).includes("model.gguf"));
      const half = readFileSync(`${target}.part`);
      assert.ok(half.length > 3_000_000 && half.equals(content.subarray(0, half.length)));
      // Where the size is known, nothing is begun.
      await assert.rejects(download(trial.wanted(), target, options), /free, and .* more are needed/);
    } finally {
      disk.remove();
      await trial.close();
    }
  });
});
