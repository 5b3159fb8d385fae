import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAddon } from "../../server/src/native/addon.js";
import type { GpuReport } from "../../server/src/native/gpus.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const GIB = 1024 ** 3;

describe("GPUs through NVIDIA's management library", () => {
  let folder = "";
  let whole = "";

  before(function () {
    const compiler = spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0;
    if (process.platform !== "linux" || !compiler || loadAddon(root).addon === null) {
      console.log(
        `NOT TESTED: NVML stub: it needs Linux, gcc and the native module (${loadAddon(root).error ?? "loaded"})`,
      );
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "qed-nvml-"));
    whole = compile("whole");
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  function compile(name: string, ...flags: string[]): string {
    const file = join(folder, `${name}.so`);
    const { status, stderr } = spawnSync("gcc", ["-shared", "-fPIC", ...flags, "-o", file, join(here, "nvml-stub.c")], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return file;
  }

  /** Asks in a child of its own; a child that crashes or has to be killed fails the test. */
  function ask(env: Record<string, string>, ...args: string[]): GpuReport {
    const child = spawnSync(process.execPath, ["--import", "tsx", join(here, "ask.ts"), root, ...args], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, QED_NVML_LIBRARY: whole, ...env },
      timeout: 15_000,
    });
    assert.deepEqual([child.status, child.signal, child.stderr], [0, null, ""]);
    return JSON.parse(child.stdout);
  }

  it("lists no GPU, without an error, where the library counts none", () => {
    assert.deepEqual(nvidia(ask({ STUB_GPUS: "0" })), { gpus: [], source: "native", error: null });
  });

  it("gives every value of one GPU in its unit", () => {
    const expected = {
      vendor: "nvidia",
      name: "Stub GPU 0",
      totalBytes: 24 * GIB,
      freeBytes: 20 * GIB + 1,
      driver: "570.124.06",
      utilisation: 41,
      computeCapability: "8.9",
    };
    assert.deepEqual(nvidia(ask({ STUB_GPUS: "1" })), { gpus: [expected], source: "native", error: null });
  });

  it("keeps two GPUs in the driver's order", () => {
    const { gpus } = nvidia(ask({ STUB_GPUS: "2" }));
    assert.deepEqual(
      gpus.map(({ name, freeBytes }) => [name, freeBytes]),
      [
        ["Stub GPU 0", 20 * GIB + 1],
        ["Stub GPU 1", 20 * GIB + 2],
      ],
    );
  });

  it("does not believe a library that counts billions of GPUs", () => {
    assert.equal(nvidia(ask({ STUB_GPUS: "4000000000" })).gpus.length, 64);
  });

  for (const call of ["nvmlInit_v2", "nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2"]) {
    it(`lists nothing and names the call when ${call} fails`, () => {
      const report = nvidia(ask({ STUB_GPUS: "2", STUB_FAIL: call }));
      assert.deepEqual(report.gpus, []);
      assert.equal(report.error, `NVIDIA's management library: ${call}: Unknown Error (code 999).`);
    });
  }

  const optional = [
    ["nvmlDeviceGetName", "name", "NVIDIA GPU"],
    ["nvmlDeviceGetMemoryInfo", "totalBytes", null],
    ["nvmlDeviceGetUtilizationRates", "utilisation", null],
    ["nvmlSystemGetDriverVersion", "driver", null],
    ["nvmlDeviceGetCudaComputeCapability", "computeCapability", null],
  ] as const;
  for (const [call, field, value] of optional) {
    it(`leaves only ${field} out, and names the call, when ${call} fails`, () => {
      const report = nvidia(ask({ STUB_GPUS: "1", STUB_FAIL: call }));
      assert.equal(report.gpus.length, 1);
      assert.equal(report.gpus[0]?.[field], value);
      assert.equal(report.error, `NVIDIA's management library: ${call}: Unknown Error (code 999).`);
      assert.equal(Object.values(report.gpus[0] ?? {}).filter((one) => one === null).length, nulls(field));
    });
  }

  it("takes 'not supported' as an absent value and not as an error", () => {
    const report = nvidia(ask({ STUB_GPUS: "1", STUB_FAIL: "nvmlDeviceGetMemoryInfo=3" }));
    assert.deepEqual([report.gpus[0]?.totalBytes, report.gpus[0]?.freeBytes, report.error], [null, null, null]);
  });

  it("says what to do when driver and library versions differ", () => {
    const report = nvidia(ask({ STUB_FAIL: "nvmlInit_v2=18" }));
    assert.match(report.error ?? "", /versions differ; restart the machine/);
  });

  it("ignores a failing shutdown", () => {
    const report = nvidia(ask({ STUB_GPUS: "1", STUB_FAIL: "nvmlShutdown" }));
    assert.deepEqual([report.gpus.length, report.error], [1, null]);
  });

  it("survives a library without the functions that it needs", () => {
    const report = nvidia(ask({ QED_NVML_LIBRARY: compile("no-count", "-DWITHOUT_COUNT"), STUB_GPUS: "1" }));
    assert.deepEqual(report.gpus, []);
    assert.match(report.error ?? "", /has no nvmlDeviceGetCount_v2; update the NVIDIA driver/);
  });

  it("survives a library without memory, name, shutdown and error texts, and lists the GPU all the same", () => {
    const flags = ["MEMORY", "NAME", "SHUTDOWN", "ERROR_STRING"].map((name) => `-DWITHOUT_${name}`);
    const report = nvidia(ask({ QED_NVML_LIBRARY: compile("bare", ...flags), STUB_GPUS: "1" }));
    assert.deepEqual(
      report.gpus.map(({ name, totalBytes, utilisation }) => [name, totalBytes, utilisation]),
      [["NVIDIA GPU", null, 41]],
    );
    assert.match(report.error ?? "", /has no nvmlDeviceGetName/);
  });

  it("survives a file that is no library", () => {
    const file = join(folder, "text.so");
    writeFileSync(file, "not a library");
    const report = nvidia(ask({ QED_NVML_LIBRARY: file }));
    assert.deepEqual(report.gpus, []);
    assert.match(report.error ?? "", /^No NVIDIA driver was found \(/);
  });

  it("refuses a library that is named by a relative path", () => {
    const report = nvidia(ask({ QED_NVML_LIBRARY: "libnvidia-ml.so.1" }));
    assert.match(report.error ?? "", /^QED_NVML_LIBRARY must be an absolute path/);
  });

  it("gives up on a driver that hangs, and the process still ends", () => {
    const report = nvidia(ask({ STUB_HANG: "nvmlInit_v2" }, "300"));
    assert.match(report.error ?? "", /did not answer in 0.3 s/);
  });
});

/** The report without what this machine itself may hold. */
function nvidia(report: GpuReport): GpuReport {
  return { ...report, gpus: report.gpus.filter((gpu) => gpu.vendor === "nvidia") };
}

/** Memory has two fields, a name is never null. */
function nulls(field: string): number {
  return field === "totalBytes" ? 2 : field === "name" ? 0 : 1;
}
