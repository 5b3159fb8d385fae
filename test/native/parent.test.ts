import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAddon } from "../../server/src/native/addon.js";
import { isAlive, poll } from "../server/session.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

describe("a process that the native module ties to its parent", () => {
  const { file } = loadAddon(root);

  /** A parent whose child has asked for it, or not, and blocks; gives the ids of both. */
  async function family(tied: boolean): Promise<{ parent: number; child: number }> {
    const child = `const error = ${tied} ? require(process.argv[1]).dieWithParent() : null;
      require("node:fs").writeSync(1, process.pid + " " + error + "\\n"); for (;;);`;
    const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}, ${JSON.stringify(file)}],
      { stdio: ["ignore", "inherit", "inherit"] }); setInterval(() => {}, 1e6);`;
    const started = spawn(process.execPath, ["-e", parent], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    started.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    await poll("the child speaks", () => out.endsWith("\n"));
    const [pid, error] = out.trim().split(" ");
    assert.equal(error, "null");
    return { parent: started.pid!, child: Number(pid) };
  }

  before(function () {
    if (process.platform === "linux" && file !== null) return;
    console.log("NOT TESTED: a process dies with its parent: Linux and the native module are needed");
    this.skip();
  });

  it("is killed with it, though it does nothing but turn in a loop; another is not", async () => {
    const [tied, free] = [await family(true), await family(false)];
    try {
      process.kill(tied.parent, "SIGKILL");
      process.kill(free.parent, "SIGKILL");
      await poll("the tied child is gone", () => !isAlive(tied.child));
      assert.ok(isAlive(free.child));
    } finally {
      process.kill(free.child, "SIGKILL");
    }
  });
});
