import assert from "node:assert/strict";
import { hasRehearsal } from "../prover/pieces.js";
import { ensureDist } from "../server/session.js";
import { killEngines, killServers } from "../soak/engine.js";

describe("kills at random moments, a tenth of the soak", function () {
  this.timeout(240_000);
  before(function () {
    if (process.platform !== "linux") {
      console.log("NOT TESTED: kills at random moments: processes are found by /proc");
      this.skip();
    }
    if (!hasRehearsal()) this.skip();
    ensureDist();
  });

  it("of the engine lose no event, no server and leave no process", async () => {
    assert.deepEqual(await killEngines(20, () => {}), []);
  });

  it("of the server leave no engine behind, and what was told is on disk", async () => {
    assert.deepEqual(await killServers(2, () => {}), []);
  });
});
