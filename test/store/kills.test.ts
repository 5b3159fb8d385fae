import assert from "node:assert/strict";
import { ensureDist } from "../server/session.js";
import { killRuns } from "../soak/runs.js";

describe("a server that is killed while it writes a run", function () {
  this.timeout(240_000);
  before(() => ensureDist());

  it("has every event on disk that it had told, in a file that opens and goes on, fifty times", async function () {
    if (process.platform === "win32") {
      console.log("skipped: there is no SIGKILL here");
      return this.skip();
    }
    const { told, found, thinking, writing, wrong } = await killRuns(50, 7);
    assert.deepEqual(wrong, []);
    assert.ok(told > 500 && found >= told, `${told} told, ${found} found`);
    assert.ok(thinking > 0 && writing > 0, `${thinking} in the thought, ${writing} in the answer`);
  });
});
