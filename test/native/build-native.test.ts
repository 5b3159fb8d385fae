import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { doctor } from "../../server/src/features/doctor.js";
import { kernels } from "../../server/src/gguf/kernels.js";
import { loadAddon } from "../../server/src/native/addon.js";
import { DEFAULT_SETTINGS } from "../../server/src/settings.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

describe("scripts/build-native.mjs", () => {
  let copy = "";
  beforeEach(function () {
    if (process.platform === "win32") this.skip();
    copy = mkdtempSync(join(tmpdir(), "qed build-"));
    mkdirSync(join(copy, "scripts"));
    for (const path of ["native/src", "native/binding.gyp", "scripts/build-native.mjs"]) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, "package.json"), '{ "version": "0" }');
  });
  afterEach(() => {
    if (copy !== "") rmSync(copy, { recursive: true, force: true });
  });

  function run(args: string[] = [], env: Record<string, string> = {}) {
    const script = join(copy, "scripts", "build-native.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    return { status, output: stdout + stderr };
  }

  it("says in one line that there is no compiler, and does not fail", () => {
    const bin = join(copy, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "python3"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const { status, output } = run([], { PATH: bin, CXX: "" });
    assert.equal(status, 0);
    assert.equal(output, "native module not built (no C++ compiler): QED Copilot uses its JavaScript answers\n");
    assert.equal(loadAddon(copy).addon, null);
  });

  it("builds quietly in a folder with a space, once, and again when a source is newer; prebuilds load alone", async function () {
    this.timeout(120_000);
    if (loadAddon(root).addon === null) {
      console.log("NOT TESTED: building the native module: it could not be built here");
      this.skip();
    }
    const built = join(copy, "native", "build", "Release", "qed_copilot.node");
    assert.deepEqual(run(["--prebuild"]), { status: 0, output: "" });
    const prebuilt = join(copy, "native", "prebuilds", `${process.platform}-${process.arch}`, "qed-copilot.node");
    assert.ok(existsSync(prebuilt));

    const first = statSync(built).mtimeMs;
    run();
    assert.equal(statSync(built).mtimeMs, first);
    const later = new Date(Date.now() + 1000);
    utimesSync(join(copy, "native", "src", "gpu.cpp"), later, later);
    run();
    assert.notEqual(statSync(built).mtimeMs, first);

    rmSync(join(copy, "native", "build"), { recursive: true });
    const { file, origin } = loadAddon(copy);
    assert.deepEqual({ file, origin }, { file: prebuilt, origin: "prebuilt" });
    assert.match(await doctor(DEFAULT_SETTINGS, copy), /\*\*Native module:\*\* prebuilt\n/);
    assert.equal(kernels(copy).source, "native");

    // Without a compiler the prebuilt one stays, and is said to be used.
    const bin = join(copy, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "python3"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    assert.deepEqual(run([], { PATH: bin, CXX: "" }), {
      status: 0,
      output: "native module not built (no C++ compiler): QED Copilot uses the prebuilt one\n",
    });
  });

  it("is done without where the module does not load: kernels and GPUs in JavaScript, and the doctor says why", async () => {
    const folder = join(copy, "native", "prebuilds", `${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "qed-copilot.node"), "not a module");
    const { addon, error } = loadAddon(copy);
    assert.equal(addon, null);
    assert.ok(error);
    assert.equal(kernels(copy).source, "javascript");
    assert.match(await doctor(DEFAULT_SETTINGS, copy), /\*\*Native module:\*\* JavaScript answers instead, .*\(.+\)\n/);
  });

  it("reports a compiler's error in one line and leaves nothing half built", function () {
    this.timeout(120_000);
    if (loadAddon(root).addon === null) {
      console.log("NOT TESTED: a failing build of the native module: it could not be built here");
      this.skip();
    }
    writeFileSync(join(copy, "native", "src", "gpu.cpp"), "#error no such thing\n");
    const { status, output } = run(["--prebuild"]);
    assert.equal(status, 0);
    assert.match(output, /^native module not built \(.*no such thing.*\): QED Copilot uses its JavaScript answers\n$/);
    assert.ok(!existsSync(join(copy, "native", "build")) && !existsSync(join(copy, "native", "prebuilds")));
  });
});
