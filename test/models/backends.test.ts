import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  fetchedFolder,
  type PinnedBackends,
  packagesIn,
  pinnedBackends,
} from "../../server/src/engine/local/backend-packages.js";
import { backendPackages, backendStates, backendsInWords } from "../../server/src/models/backends.js";
import type { Machine } from "../../server/src/models/fit.js";
import { fetchBackend } from "../../server/src/models/npm-fetch.js";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import { openTapped, ROOT } from "../engine/local-child.js";
import { type FakePackage, packBackend, startRegistry } from "../fixtures/package-registry.js";
import { ensureDist } from "../server/session.js";

const CUDA = "@node-llama-cpp/linux-x64-cuda";
const EXT = "@node-llama-cpp/linux-x64-cuda-ext";
const VERSION = "3.22.1";
const signal = new AbortController().signal;
const PC: Machine = {
  platform: "linux",
  arch: "x64",
  gpus: [{ vendor: "nvidia", name: "NVIDIA X", totalBytes: 24e9, freeBytes: 23e9 }],
  cudaRuntime: 13,
  cores: 8,
  memoryBytes: 32e9,
  freeMemoryBytes: 24e9,
};

describe("fetching a backend", function () {
  this.timeout(60_000);
  let folder: string;
  let packages: FakePackage[];
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let state: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-backends-"));
    packages = [packBackend(folder, CUDA, VERSION), packBackend(folder, EXT, VERSION)];
    registry = await startRegistry(packages);
  });
  beforeEach(() => {
    state = mkdtempSync(join(folder, "state-"));
  });
  after(() => {
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const env = (change: NodeJS.ProcessEnv = {}) => ({
    ...process.env,
    QED_TEST_RAN: join(folder, "ran"),
    npm_config_registry: registry.address,
    npm_config_cache: join(state, "cache"),
    npm_config_userconfig: join(state, "npmrc"),
    npm_config_fetch_retries: "0",
    ...change,
  });
  const pinned = (change: Record<string, string> = {}): PinnedBackends => ({
    version: VERSION,
    integrity: { ...Object.fromEntries(packages.map(({ name, integrity }) => [name, integrity])), ...change },
  });
  const refuses = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof SetUpError && error.code === "backend.failed", String(error));
    assert.match(error.message, message);
    assert.match(error.message, /set "qed\.backendPath" to its folder\.$/);
    assert.doesNotMatch(error.message, /\n/);
    assert.ok(!existsSync(fetchedFolder(state, VERSION)), "nothing is left");
    assert.deepEqual(existsSync(join(state, "backends")) ? readdirSync(join(state, "backends")) : [], []);
    return true;
  };

  it("by the user's own npm and its registry puts it into the state directory, and runs no script of it", async () => {
    await fetchBackend([CUDA], pinned(), state, signal, env());
    const found = packagesIn(fetchedFolder(state, VERSION), VERSION);
    assert.deepEqual([...found.keys()], [CUDA]);
    assert.equal(
      readFileSync(join(found.get(CUDA)!, "bins", "some", "llama-addon.node"), "utf8"),
      `${CUDA} ${VERSION}`,
    );
    assert.ok(!existsSync(join(folder, "ran")));
    assert.deepEqual(readdirSync(join(state, "backends")), [VERSION]);
    const before = registry.asked.length;
    await fetchBackend([CUDA], pinned(), state, signal, env());
    assert.equal(registry.asked.length, before, "nobody is asked again");
    await fetchBackend([CUDA, EXT], pinned(), state, signal, env());
    assert.deepEqual([...packagesIn(fetchedFolder(state, VERSION), VERSION).keys()].sort(), [CUDA, EXT]);
  });

  it("refuses what is not what the extension was built with", async () => {
    const other = pinned({ [CUDA]: `sha512-${Buffer.alloc(64, 1).toString("base64")}` });
    await assert.rejects(
      fetchBackend([CUDA], other, state, signal, env()),
      refuses(/not what this extension was built with/),
    );
  });

  it("says what to do where there is no npm, no such package, no registry, or no hash", async () => {
    const nowhere = { PATH: join(folder, "nowhere"), Path: join(folder, "nowhere") };
    await assert.rejects(
      fetchBackend([CUDA], pinned(), state, signal, env(nowhere)),
      refuses(/npm, which fetches it, is not installed\. Install Node\.js/),
    );
    const unknown = {
      ...pinned(),
      integrity: { ...pinned().integrity, "@node-llama-cpp/none": packages[0]!.integrity },
    };
    await assert.rejects(
      fetchBackend(["@node-llama-cpp/none"], unknown, state, signal, env()),
      refuses(/npm failed with E404/),
    );
    const dead = { npm_config_registry: "http://127.0.0.1:9" };
    await assert.rejects(
      fetchBackend([CUDA], pinned(), state, signal, env(dead)),
      refuses(/npm failed with E?CONNREFUSED/i),
    );
    await assert.rejects(
      fetchBackend(["@node-llama-cpp/win-x64-cuda"], pinned(), state, signal, env()),
      refuses(/does not know its hash/),
    );
  });

  it("stops when it is told to, and leaves nothing", async () => {
    const abort = new AbortController();
    const fetching = fetchBackend([CUDA], pinned(), state, abort.signal, env());
    abort.abort(new Error("stop"));
    await assert.rejects(fetching, /^Error: stop$/);
    assert.ok(!existsSync(fetchedFolder(state, VERSION)));
  });
});

describe("backends", function () {
  this.timeout(60_000);

  it("have the hashes of the lock file in every build", function () {
    this.timeout(120_000);
    ensureDist();
    const { version, integrity } = pinnedBackends(ROOT)!;
    assert.equal(version, VERSION);
    for (const name of [CUDA, EXT]) assert.match(integrity[name]!, /^sha512-[\w+/]{86}==$/);
  });

  it("are packages by platform and by CUDA's version", () => {
    assert.deepEqual(backendPackages("cuda", PC), [CUDA]);
    assert.deepEqual(backendPackages("cuda", { ...PC, cudaRuntime: 12 }), [CUDA, EXT]);
    assert.deepEqual(backendPackages("cuda", { ...PC, platform: "win32" }), ["@node-llama-cpp/win-x64-cuda"]);
    assert.deepEqual(backendPackages("vulkan", PC), ["@node-llama-cpp/linux-x64-vulkan"]);
    assert.deepEqual(backendPackages("metal", { ...PC, platform: "darwin", arch: "arm64" }), [
      "@node-llama-cpp/mac-arm64-metal",
    ]);
    assert.deepEqual(backendPackages("cpu", { ...PC, arch: "arm" }), ["@node-llama-cpp/linux-armv7l"]);
    assert.deepEqual(backendPackages("vulkan", { ...PC, arch: "arm64" }), []);
  });

  it("are told with the reason why not another", () => {
    const folder = mkdtempSync(join(tmpdir(), "qed-extension-"));
    try {
      const states = (machine: Machine) =>
        backendStates(machine, { version: VERSION, integrity: {} }, folder, [join(folder, "fetched")]);
      const none = { there: false } as const;
      const words = (
        machine: Machine,
        gpu: "auto" | "vulkan" | false = "auto",
        has: readonly string[] = ["cpu", "vulkan"],
      ) => {
        const there = states(machine);
        const all = Object.fromEntries(
          Object.entries(there).map(([name, state]) => [
            name,
            has.includes(name)
              ? { there: true, where: "in the extension" }
              : { ...none, why: "why" in state ? state.why : "" },
          ]),
        );
        return backendsInWords(machine, gpu, all as ReturnType<typeof states>);
      };
      assert.match(
        words(PC),
        /^Vulkan runs \(in the extension\); CUDA does not: its package has not been fetched: "QED: Set Up Model"/,
      );
      assert.match(words(PC, "auto", ["cpu", "vulkan", "cuda"]), /^CUDA runs/);
      assert.match(words({ ...PC, cudaRuntime: null }), /CUDA does not: its runtime libraries \(cudart and cublas/);
      assert.match(
        words({ ...PC, gpus: [] }),
        /^the processor runs .*CUDA does not: no NVIDIA GPU was found; Vulkan does not: no GPU/,
      );
      assert.match(words(PC, false), /^the processor runs .*"qed\.gpu" is off/);
      assert.match(
        words(PC, "auto", []),
        /^none can run; .*the processor does not: its package is not there: install the extension again/,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are found by the engine's process in a folder that the user sets, before its own", async function () {
    const own = join(ROOT, "node_modules", "@node-llama-cpp", "linux-x64");
    if (process.platform !== "linux" || !existsSync(own)) {
      console.log("skipped: needs Linux on x64, where /proc tells which libraries a process has");
      return this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "qed-own-backend-"));
    const model = join(ROOT, "models", "rehearsal.gguf");
    const { engine, close } = await openTapped(model, { backendFolders: [folder] });
    try {
      mkdirSync(join(folder, "node_modules", "@node-llama-cpp"), { recursive: true });
      execFileSync("cp", ["-r", own, join(folder, "node_modules", "@node-llama-cpp")]);
      await engine.capabilities(signal);
      const maps = readFileSync(`/proc/${engine.pid}/maps`, "utf8");
      assert.match(maps, new RegExp(`${folder}/node_modules/@node-llama-cpp/linux-x64/bins/.*llama-addon\\.node`));
      assert.doesNotMatch(maps, new RegExp(`${own}/`));
    } finally {
      await close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
