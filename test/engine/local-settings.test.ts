import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SETTINGS, readSettings } from "../../server/src/settings.js";
import { ROOT } from "./local-child.js";

describe("the limits of the local engine", () => {
  it("are read as the clients send them, below qed and below qed.engine", () => {
    for (const sent of [
      { idleMinutes: 0.5, cacheGB: 3 },
      { engine: "local", "engine.idleMinutes": 0.5, "engine.cacheGB": 3 },
      { engine: { idleMinutes: 0.5, cacheGB: 3 } },
    ]) {
      const { engine, idleMinutes, cacheGB } = readSettings(sent);
      assert.deepEqual([engine, idleMinutes, cacheGB], ["local", 0.5, 3], JSON.stringify(sent));
    }
  });

  it("fall back where they are no amounts; zero is one", () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY, "5", null, {}]) {
      assert.equal(readSettings({ idleMinutes: bad }).idleMinutes, 10);
      assert.equal(readSettings({ cacheGB: bad }).cacheGB, 2);
    }
    assert.equal(readSettings({ idleMinutes: 0 }).idleMinutes, 0);
  });

  it("are the same in the manifest", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const { properties } = manifest.contributes.configuration;
    assert.equal(properties["qed.idleMinutes"].default, DEFAULT_SETTINGS.idleMinutes);
    assert.equal(properties["qed.cacheGB"].default, DEFAULT_SETTINGS.cacheGB);
  });
});
