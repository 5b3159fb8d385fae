import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { stateDirectory } from "../../server/src/store/directory.js";

describe("the directory of runs", () => {
  const home = homedir();

  it("is the platform's own place for state", () => {
    assert.equal(stateDirectory({}, "linux"), join(home, ".local/state/qed-copilot"));
    assert.equal(stateDirectory({}, "freebsd"), join(home, ".local/state/qed-copilot"));
    assert.equal(stateDirectory({}, "darwin"), join(home, "Library/Application Support/qed-copilot"));
    assert.equal(stateDirectory({}, "win32"), join(home, "AppData", "Local", "qed-copilot"));
  });

  it("follows the platform's variables", () => {
    assert.equal(stateDirectory({ XDG_STATE_HOME: "/state" }, "linux"), "/state/qed-copilot");
    assert.equal(stateDirectory({ LOCALAPPDATA: "/Local" }, "win32"), join("/Local", "qed-copilot"));
    assert.equal(stateDirectory({ XDG_STATE_HOME: "/state" }, "darwin"), stateDirectory({}, "darwin"));
  });

  it("is never relative to where the program was started", () => {
    for (const path of ["", "state", "./state"]) {
      assert.equal(stateDirectory({ XDG_STATE_HOME: path }, "linux"), stateDirectory({}, "linux"));
    }
    assert.equal(stateDirectory({ LOCALAPPDATA: "" }, "win32"), stateDirectory({}, "win32"));
  });

  it("is what QED_STATE_DIR says, before all else", () => {
    const env = { QED_STATE_DIR: "/elsewhere", XDG_STATE_HOME: "/state", LOCALAPPDATA: "/Local" };
    for (const platform of ["linux", "darwin", "win32"] as const)
      assert.equal(stateDirectory(env, platform), "/elsewhere");
    assert.equal(stateDirectory({ QED_STATE_DIR: "" }, "linux"), stateDirectory({}, "linux"));
  });
});
