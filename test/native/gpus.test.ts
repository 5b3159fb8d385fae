import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAddon } from "../../server/src/native/addon.js";
import { amdGpus } from "../../server/src/native/amd.js";
import { type GpuReport, gpus } from "../../server/src/native/gpus.js";
import { nvidiaSmiGpus, parseNvidiaSmi } from "../../server/src/native/nvidia-smi.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const MIB = 1024 ** 2;

describe("the GPU report", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qed-gpus-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("comes from the native module where that is built", async function () {
    const { addon, error } = loadAddon(root);
    if (addon === null) {
      console.log(`NOT TESTED: the native module is not built here (${error})`);
      this.skip();
    }
    const report = await gpus(root);
    assert.equal(report.source, "native");
    checkShape(report);
  });

  it("has the same shape and says why when the native module is not there", async () => {
    const report = await gpus(folder);
    assert.equal(report.source, "javascript");
    checkShape(report);
    if (report.error !== null) assert.match(report.error, /The native module is not loaded: No native build was found/);
  });

  it("agrees between both answers on this machine's NVIDIA GPUs", async function () {
    const [native, script] = [await gpus(root), await gpus(folder)];
    if (native.source !== "native" || native.gpus.length === 0 || script.gpus.length === 0) {
      console.log("NOT TESTED: both answers on a real GPU: this machine has none that both see");
      this.skip();
    }
    const facts = (report: GpuReport) => report.gpus.map(({ vendor, name, driver }) => ({ vendor, name, driver }));
    assert.deepEqual(facts(native), facts(script));
  });

  it("takes an addon without our functions for none", async () => {
    mkdirSync(join(folder, "native", "build", "Release"), { recursive: true });
    writeFileSync(join(folder, "native", "build", "Release", "qed_copilot.node"), "no binary");
    assert.equal((await gpus(folder)).source, "javascript");
  });

  it("reads what nvidia-smi prints, commas in names and unknown values included", () => {
    const output = [
      "NVIDIA H100 80GB HBM3, 81559, 81000, 570.124.06, 3, 9.0",
      "Odd, Inc. GPU, 1024, 4096, 570.124.06, 250, 8.9",
      "NVIDIA GB10, [N/A], [N/A], 580.82, [N/A], [N/A]",
      "No devices were found",
      "",
    ].join("\r\n");
    const unknown = { vendor: "nvidia", freeBytes: null, utilisation: null } as const;
    assert.deepEqual(parseNvidiaSmi(output), [
      {
        vendor: "nvidia",
        name: "NVIDIA H100 80GB HBM3",
        totalBytes: 81559 * MIB,
        freeBytes: 81000 * MIB,
        driver: "570.124.06",
        utilisation: 3,
        computeCapability: "9.0",
      },
      {
        ...unknown,
        name: "Odd, Inc. GPU",
        totalBytes: 1024 * MIB,
        driver: "570.124.06",
        computeCapability: "8.9",
      },
      { ...unknown, name: "NVIDIA GB10", totalBytes: null, driver: "580.82", computeCapability: null },
    ]);
  });

  it("asks an old nvidia-smi again without the field that it does not know", async function () {
    if (process.platform === "win32") this.skip();
    const script = [
      "#!/bin/sh",
      'case "$1" in *compute_cap*) echo "Field \\"compute_cap\\" is not a valid field to query."; exit 2;; esac',
      'echo "Tesla K80, 11441, 11000, 470.256.02, 0"',
    ];
    writeFileSync(join(folder, "nvidia-smi"), `${script.join("\n")}\n`, { mode: 0o755 });
    const { gpus, error } = await nvidiaSmiGpus(folder);
    assert.equal(error, null);
    assert.deepEqual(
      gpus.map(({ name, totalBytes, utilisation, computeCapability }) => [
        name,
        totalBytes,
        utilisation,
        computeCapability,
      ]),
      [["Tesla K80", 11441 * MIB, 0, null]],
    );
  });

  it("gives a sentence for an nvidia-smi that fails", async function () {
    if (process.platform === "win32") this.skip();
    writeFileSync(join(folder, "nvidia-smi"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
    const answer = await nvidiaSmiGpus(folder);
    assert.deepEqual(answer, {
      gpus: [],
      error: "nvidia-smi failed (code 9); run it in a terminal to see why.",
    });
  });

  it("never runs an nvidia-smi from a relative folder of the PATH", async function () {
    if (process.platform === "win32") this.skip();
    writeFileSync(join(folder, "nvidia-smi"), "#!/bin/sh\necho 'Evil, 1, 1, 1, 1, 1.0'\n", { mode: 0o755 });
    const answer = await nvidiaSmiGpus(relative(process.cwd(), folder));
    assert.deepEqual(answer.gpus, []);
    assert.match(answer.error ?? "", /^No nvidia-smi was found/);
  });

  it("lists AMD's GPUs from sysfs, and neither connectors nor other vendors' cards", async () => {
    const device = (card: string, files: Record<string, string>) => {
      const path = join(folder, "class", "drm", card, "device");
      mkdirSync(path, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), `${text}\n`);
    };
    const amd = { vendor: "0x1002", device: "0x744c", mem_info_vram_total: "25753026560" };
    device("card10", { ...amd, mem_info_vram_used: "30000000000", gpu_busy_percent: "140" });
    device("card2", { ...amd, product_name: "Radeon", mem_info_vram_used: "1000", gpu_busy_percent: "12" });
    device("card2-DP-1", amd);
    device("card3", { ...amd, vendor: "0x8086" });
    device("card4", { vendor: "0x1002", device: "0x6613" });
    const common = { vendor: "amd", totalBytes: 25753026560, driver: null, computeCapability: null } as const;
    assert.deepEqual(await amdGpus(folder), [
      { ...common, name: "Radeon", freeBytes: 25753025560, utilisation: 12 },
      { ...common, name: "AMD GPU 0x744c", freeBytes: null, utilisation: null },
    ]);
    const report = await gpus(root, { sysfs: folder });
    assert.equal(report.gpus.filter((gpu) => gpu.vendor === "amd").length, 2);
  });
});

function checkShape(report: GpuReport): void {
  assert.deepEqual(Object.keys(report).sort(), ["error", "gpus", "source"]);
  assert.ok(report.error === null || report.error.length > 0);
  const fields = ["computeCapability", "driver", "freeBytes", "name", "totalBytes", "utilisation", "vendor"];
  for (const gpu of report.gpus) assert.deepEqual(Object.keys(gpu).sort(), fields);
}
