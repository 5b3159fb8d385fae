import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeCheckpoint } from "../fixtures/checkpoint.js";
import { writeWideCheckpoint } from "../fixtures/wide-checkpoint.js";
import { ensureDist } from "../server/session.js";
import { type Ended, ROOT, Terminal } from "./terminal.js";

const REHEARSAL = join(ROOT, "models", "rehearsal.gguf");

describe("qed convert-model", function () {
  this.timeout(60_000);
  let terminal: Terminal;
  before(function () {
    this.timeout(120_000);
    ensureDist();
    terminal = new Terminal();
  });
  after(() => terminal.close());

  it("makes a GGUF file in the checkpoint's folder: its path on standard output, progress on standard error", async () => {
    await writeCheckpoint(REHEARSAL, join(terminal.folder, "my-model"));
    const { code, stdout, stderr } = await terminal.run(["convert-model", "my-model", "--type", "Q8_0"]);
    assert.equal(code, 0, stderr);
    const path = stdout.trimEnd();
    assert.ok(path.endsWith(join("my-model", "my-model-Q8_0.gguf")), path);
    assert.ok(statSync(path).size > 1_500_000);
    assert.match(stderr, /^\d+ %: 0\.00 of 0\.00 GB/);
    assert.match(stderr, /\n0\.00 GB in \d+ s\.\n$/);
    const again = await terminal.run(["convert-model", "my-model", "--type", "q8_0"]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /my-model-Q8_0\.gguf is there already/);
  });

  it("proves a theorem with the file it made", async () => {
    const out = "converted.gguf";
    const made = await terminal.run(["convert-model", "my-model", "--type", "q8_0", "--out", out]);
    assert.equal(made.code, 0, made.stderr);
    const sample = join(ROOT, "test", "fixtures", "rehearsal", "quick.tex");
    const { code, stdout, stderr } = await terminal.run(["prove", sample, "--model", out]);
    assert.equal(code, 0, stderr);
    assert.notEqual(stdout.trim(), "");
  });

  for (const group of [false, true]) {
    it(`Ctrl+C keeps what is done and says how to go on${group ? ", as a shell sends it to all processes" : ""}`, async function () {
      if (process.platform === "win32") {
        console.log("NOT TESTED: Ctrl+C: there is no SIGINT here");
        this.skip();
      }
      const folder = `wide-${group}`;
      await writeWideCheckpoint(REHEARSAL, join(terminal.folder, folder), { layers: 80 });
      const args = ["convert-model", folder, "--type", "q4_k_m", "--out", `${folder}.gguf`];
      const ended = await interrupted(args, group);
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(
        ended.stderr,
        /\nInterrupted\. The same command goes on from here; delete the \.partial files to give it up\.\n$/,
      );
      assert.equal(ended.stdout, "");
      const left = readdirSync(terminal.folder).filter((name) => name.startsWith(`${folder}.gguf`));
      assert.deepEqual(left.sort(), [`${folder}.gguf.partial`, `${folder}.gguf.partial.journal`]);
      const next = await terminal.run(args);
      assert.equal(next.code, 0, next.stderr);
      const [first] = next.stderr.split(" ");
      assert.ok(Number(first) > 0, next.stderr);
      assert.ok(existsSync(join(terminal.folder, `${folder}.gguf`)));
    });
  }

  /** Interrupts the command at its first sign of progress. */
  async function interrupted(args: string[], group: boolean): Promise<Ended> {
    const running = terminal.start(args, { group });
    await new Promise<void>((resolve) => {
      const seen = () => {
        if (/ [1-9]\d %|^[1-9]\d* %/m.test(running.printed.stderr)) resolve();
      };
      running.process.stderr?.on("data", seen);
      running.process.once("exit", () => resolve());
    });
    process.kill(group ? -running.process.pid! : running.process.pid!, "SIGINT");
    return running.ended;
  }
});
