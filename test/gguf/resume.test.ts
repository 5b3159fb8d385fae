import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { FromConversion } from "../../server/src/gguf/child.js";
import { convertCheckpoint } from "../../server/src/gguf/convert-checkpoint.js";
import { convertFolder } from "../../server/src/gguf/convert-folder.js";
import { JAVASCRIPT_KERNELS, type Kernels, kernels } from "../../server/src/gguf/kernels.js";
import { isAlive, until } from "../engine/local-child.js";
import { writeWideCheckpoint } from "../fixtures/wide-checkpoint.js";
import { buildChild } from "./child.js";
import { Folder, REHEARSAL } from "./folders.js";
import { ROOT } from "./upstream.js";
import { random } from "./values.js";

/** Small stretches, so that there is something to interrupt; `after` is called before each. */
function watched(after: (calls: number) => void, parallel = 3): Kernels {
  let calls = 0;
  return {
    ...JAVASCRIPT_KERNELS,
    parallel,
    stretch: 4096,
    convert: async (...args) => {
      after(++calls);
      await new Promise((resolve) => setImmediate(resolve));
      return JAVASCRIPT_KERNELS.convert(...args);
    },
  };
}

describe("A conversion that is interrupted", function () {
  this.timeout(60_000);
  const folder = new Folder();
  const out = folder.at("out.gguf");
  let whole: Buffer;
  before(async () => {
    await folder.write();
    whole = await folder.convert("q4_k_m", "whole.gguf");
  });
  afterEach(() => {
    for (const name of readdirSync(folder.path)) {
      if (name.startsWith("out.gguf")) rmSync(folder.at(name));
    }
  });
  after(() => folder.close());

  function convert(by: Kernels, signal: AbortSignal = new AbortController().signal) {
    return convertFolder({ folder: folder.checkpoint, type: "q4_k_m", out }, by, signal, () => {});
  }

  /** Converts until the given call of the kernels, and expects the abort's own reason. */
  async function interruptAt(call: number): Promise<void> {
    const abort = new AbortController();
    const reason = new Error("enough");
    const stopping = watched((calls) => {
      if (calls === call) abort.abort(reason);
    });
    await assert.rejects(convert(stopping, abort.signal), (error) => error === reason);
    assert.ok(!existsSync(out));
  }

  it("gives the same file however often and wherever it was, and never does the same work twice", async () => {
    let all = 0;
    await convert(watched((calls) => (all = calls)));
    assert.ok(readFileSync(out).equals(whole));
    const next = random(11);
    for (let trial = 0; trial < 8; trial++) {
      rmSync(out);
      let left = all;
      for (let stop = 0; stop < 3; stop++) {
        const call = 1 + Math.floor((next() * left) / 2);
        await interruptAt(call);
        left -= call - 1;
      }
      let last = 0;
      const { kept } = await convert(watched((calls) => (last = calls)));
      assert.ok(kept > 0 || left > all - 6, `${kept} bytes were kept`);
      // Those that were under way at each of three stops are done again.
      assert.ok(last <= left + 9, `${last} calls for ${left} that were left of ${all}`);
      assert.ok(readFileSync(out).equals(whole), `trial ${trial}`);
      assert.deepEqual(
        readdirSync(folder.path).filter((name) => name.startsWith("out.gguf")),
        ["out.gguf"],
      );
    }
  });

  it("tells progress that only grows, to the whole at the end, from where it goes on", async () => {
    const seen: number[] = [];
    const run = (by: Kernels, signal: AbortSignal) =>
      convertFolder({ folder: folder.checkpoint, type: "q4_k_m", out }, by, signal, ({ done, total }) => {
        assert.equal(total, whole.length);
        seen.push(done);
      });
    const abort = new AbortController();
    const stopping = watched((calls) => {
      if (calls === 60) abort.abort();
    });
    await assert.rejects(run(stopping, abort.signal));
    const stopped = seen.splice(0).at(-1)!;
    // Larger stretches than before: the first of them was done in part.
    await run({ ...watched(() => {}), stretch: 20_000 }, new AbortController().signal);
    assert.ok(seen[0]! > 0.9 * stopped && stopped > 10_000, `${stopped}, then ${seen[0]}`);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.equal(seen.at(-1), whole.length);
    assert.ok(readFileSync(out).equals(whole));
  });

  it("begins anew when the checkpoint, the type or the partial file is not what it was", async () => {
    const shard = join(folder.checkpoint, "model-00001-of-00002.safetensors");
    const changes: (() => void)[] = [
      () => utimesSync(shard, new Date(), new Date(Date.now() + 60_000)),
      () => folder.change("generation_config.json", (value) => Object.assign(value, { top_k: 21 })),
      () => truncateSync(`${out}.partial`, 1000),
      () => writeFileSync(`${out}.partial.journal`, "{"),
      () => writeFileSync(`${out}.partial.journal`, '{"fingerprint":"0","done":99999}'),
    ];
    for (const change of changes) {
      await interruptAt(60);
      change();
      const { kept } = await convert(watched(() => {}));
      assert.equal(kept, 0, String(change));
      folder.change("generation_config.json", (value) => Object.assign(value, { top_k: 20 }));
      rmSync(out);
    }
    await interruptAt(60);
    await convertFolder(
      { folder: folder.checkpoint, type: "q8_0", out },
      watched(() => {}),
      new AbortController().signal,
      () => {},
    );
    assert.ok(readFileSync(out).equals(await folder.convert("q8_0", "other.gguf")));
  });

  it("by a full disk keeps what is done and says so in one sentence", async function () {
    if (!existsSync("/dev/full")) {
      console.log("NOT TESTED: a full disk: this platform has no /dev/full");
      this.skip();
    }
    symlinkSync("/dev/full", `${out}.partial`);
    await assert.rejects(
      convert(watched(() => {})),
      /^ConversionError: The disk is full: .*needs 0\.0 GB in all\. Make room and convert again/,
    );
    assert.ok(!existsSync(out));
  });

  it("is not begun where another process is at it, and is where that one has died", async () => {
    const lock = `${out}.partial.lock`;
    const heldBy = (pid: number) => writeFileSync(lock, JSON.stringify({ pid, began: "", host: hostname(), id: "a" }));
    heldBy(process.ppid);
    await assert.rejects(
      convert(watched(() => {})),
      new RegExp(`^ConversionError: Process ${process.ppid} is writing to `),
    );
    // One that has just made the file and not yet written into it.
    writeFileSync(lock, "");
    await assert.rejects(convert(watched(() => {})), /^ConversionError: Another process is writing to /);
    heldBy(999_999_999);
    await convert(watched(() => {}));
    assert.ok(readFileSync(out).equals(whole));
  });

  it("is not begun where there is a file of that name, which stays as it is", async () => {
    writeFileSync(out, "precious");
    await assert.rejects(convert(watched(() => {})), /out\.gguf is there already\. Move it away, or name another file/);
    assert.equal(readFileSync(out, "utf8"), "precious");
  });

  describe("in its own process", () => {
    const wide = new Folder();
    let root = "";
    before(async () => {
      root = await buildChild();
      // In JavaScript this one takes a second: time enough to stop it.
      await writeWideCheckpoint(REHEARSAL, wide.checkpoint);
    });
    after(() => wide.close());

    it("stops when it is told to, keeps what is done, and goes on", async () => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const options = {
        folder: wide.checkpoint,
        type: "q4_k_m",
        out,
        extensionRoot: root,
        kernels: "javascript",
      } as const;
      await assert.rejects(
        convertCheckpoint({ ...options, signal: abort.signal, onProgress: () => abort.abort(reason) }),
        (error) => error === reason,
      );
      assert.ok(existsSync(`${out}.partial.journal`) && !existsSync(out));
      assert.ok(!existsSync(`${out}.partial.lock`));
      const { kept } = await convertCheckpoint({ ...options, signal: new AbortController().signal });
      assert.ok(kept > 0);
      assert.ok(readFileSync(out).equals(await wide.convert("q4_k_m", "whole.gguf", kernels(ROOT))));
    });

    it("ends with its parent's channel, and after a kill another goes on", async () => {
      const start = (): ChildProcess => {
        const child = fork(join(root, "dist", "convert-child.js"), [], { execArgv: [] });
        const conversion = { folder: wide.checkpoint, type: "q4_k_m", out };
        child.send({ type: "convert", conversion, native: null });
        return child;
      };
      for (const end of [(child: ChildProcess) => child.disconnect(), (child: ChildProcess) => child.kill("SIGKILL")]) {
        const child = start();
        await new Promise<void>((resolve) =>
          child.on("message", ({ type }: FromConversion) => {
            if (type === "progress") resolve();
          }),
        );
        end(child);
        await until("the process ends", () => !isAlive(child.pid!));
        assert.ok(!existsSync(out));
      }
      await convertFolder(
        { folder: wide.checkpoint, type: "q4_k_m", out },
        kernels(ROOT),
        new AbortController().signal,
        () => {},
      );
      assert.ok(readFileSync(out).equals(await wide.convert("q4_k_m", "whole.gguf", kernels(ROOT))));
    });

    it("tells a refusal as it is, and a process that can't start as a sentence", async () => {
      const signal = new AbortController().signal;
      const options = { folder: folder.at("nowhere"), type: "bf16", out, signal } as const;
      await assert.rejects(
        convertCheckpoint({ ...options, extensionRoot: root }),
        /^ConversionError: There is no .*nowhere\./,
      );
      await assert.rejects(
        convertCheckpoint({ ...options, extensionRoot: folder.path }),
        /^ConversionError: The conversion ended unexpectedly \(exit code 1.*Convert again to go on/,
      );
    });
  });
});
