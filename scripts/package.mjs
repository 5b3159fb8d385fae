#!/usr/bin/env node
/**
 * `npm run package`: makes `qed-copilot-PLATFORM-VERSION.vsix` for this platform in the repository's root, then loads
 * the engine out of it. `--out FILE` writes elsewhere, `--root FOLDER` packages another folder.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs, promisify } from "node:util";
import { createVSIX } from "@vscode/vsce";
import { build } from "esbuild";
import { buildAll } from "./build.mjs";
import { ensureInstalled } from "./ensure.mjs";
import { repoRoot } from "./host/install.mjs";
import { installVsix } from "./host/install-vsix.mjs";

/** The marketplace's names for platforms, by Node's. */
const TARGETS = /** @type {Record<string, string>} */ ({
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armhf",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "win32-x64",
  "win32-arm64": "win32-arm64",
});

/** node-llama-cpp's packages with the backends that a platform's package carries, by Node's names. */
const BACKENDS = /** @type {Record<string, string[]>} */ ({
  "linux-x64": ["linux-x64", "linux-x64-vulkan"],
  "linux-arm64": ["linux-arm64"],
  "linux-arm": ["linux-armv7l"],
  "darwin-x64": ["mac-x64"],
  "darwin-arm64": ["mac-arm64-metal"],
  "win32-x64": ["win-x64", "win-x64-vulkan"],
  "win32-arm64": ["win-arm64"],
});

const ENGINE_LIMIT_MS = 60_000;

/**
 * @param {string} root
 * @param {string | undefined} out
 * @returns {Promise<string>} the VSIX's path
 */
async function packageExtension(root, out) {
  const platform = `${process.platform}-${process.arch}`;
  const target = TARGETS[platform];
  const backends = BACKENDS[platform];
  if (!target || !backends) throw new Error(`VS Code has no extension packages for ${platform}: package elsewhere.`);
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  if (!existsSync(join(root, manifest.main))) throw new Error(`${manifest.main} isn't built: run npm run build first.`);
  for (const backend of backends) {
    if (existsSync(join(root, "node_modules", "@node-llama-cpp", backend))) continue;
    throw new Error(`The engine's backend @node-llama-cpp/${backend} isn't installed: run npm install first.`);
  }

  const models = await readdir(join(root, "models")).catch(() => []);
  if (!models.some((name) => name.endsWith(".gguf"))) {
    throw new Error("The rehearsal model isn't in models/: run npm run train:miniature first.");
  }

  const vsix = out ?? join(root, `${manifest.name}-${target}-${manifest.version}.vsix`);
  const temp = await mkdtemp(join(tmpdir(), "qed-package-"));
  try {
    const ignoreFile = join(temp, "ignore");
    const ignored = await unneededPackages(root, Object.keys(manifest.dependencies ?? {}), backends);
    const own = await readFile(join(root, ".vscodeignore"), "utf8");
    await writeFile(ignoreFile, `${own}\n${ignored.map((path) => `${path}/**`).join("\n")}\n`);
    await createVSIX({ cwd: root, packagePath: vsix, target, ignoreFile });
    await loadEngine(await installVsix(vsix, join(temp, "extensions")));
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
  return vsix;
}

/**
 * The production packages that no import reaches from the dependencies' entries (they serve the engine's own command
 * line and its compilation), and the backends of other platforms.
 *
 * @param {string} root
 * @param {readonly string[]} dependencies
 * @param {readonly string[]} backends
 * @returns {Promise<string[]>} folders relative to the root, with slashes
 */
async function unneededPackages(root, dependencies, backends) {
  const reached = await build({
    stdin: { contents: dependencies.map((name) => `import ${JSON.stringify(name)};`).join("\n"), resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    external: ["@node-llama-cpp/*", "@reflink/*"],
    logLevel: "error",
  });
  const needed = new Set(backends.map((backend) => `node_modules/@node-llama-cpp/${backend}`));
  for (const file of Object.keys(reached.metafile.inputs)) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (folder) needed.add(folder);
  }
  return (await productionPackages(root)).filter(
    (path) => !needed.has(path) && ![...needed].some((other) => other.startsWith(`${path}/`)),
  );
}

/**
 * What vsce would take along.
 *
 * @param {string} root
 */
async function productionPackages(root) {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["ls", "--omit=dev", "--all", "--parseable", "--loglevel=error"],
    {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === "win32",
    },
  ).catch((error) => /** @type {{ stdout: string }} */ ({ stdout: String(error.stdout ?? "") }));
  const paths = stdout.split(/\r?\n/).filter((line) => line && resolve(line) !== resolve(root));
  if (paths.length === 0) throw new Error("npm lists no production packages: run npm install first.");
  return paths
    .map((path) => relative(root, path).split(sep).join("/"))
    .filter((path) => path.startsWith("node_modules/"));
}

/**
 * Loads the engine from an installed extension, as the extension itself does.
 *
 * @param {string} folder
 */
async function loadEngine(folder) {
  if (!existsSync(join(folder, "node_modules", "node-llama-cpp"))) throw new Error("The VSIX holds no engine.");
  const load = `
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ build: "never", skipDownload: true, gpu: false });
    await llama.dispose();`;
  // From a file: the engine forks with this process's own options, and --eval among them would run this again.
  const script = join(folder, "load-engine.mjs");
  await writeFile(script, load);
  await promisify(execFile)(process.execPath, [script], {
    cwd: folder,
    env: { ...process.env, NODE_PATH: "", NODE_OPTIONS: "" },
    timeout: ENGINE_LIMIT_MS,
  }).catch((error) => {
    throw new Error(`The engine doesn't load out of the VSIX: see what .vscodeignore leaves out.\n${error.stderr}`);
  });
}

/** Installs and builds what this repository's own package holds. */
async function prepare() {
  ensureInstalled();
  await buildAll();
  await promisify(execFile)(process.execPath, [join(repoRoot, "scripts", "build-native.mjs"), "--prebuild"]);
  await promisify(execFile)(process.execPath, [join(repoRoot, "scripts", "notices.mjs"), "--check"]).catch(() => {
    throw new Error("THIRD-PARTY.md is out of date: run node scripts/notices.mjs and look at the difference.");
  });
}

try {
  const { values } = parseArgs({ options: { out: { type: "string" }, root: { type: "string" } } });
  const root = resolve(values.root ?? repoRoot);
  if (root === resolve(repoRoot)) await prepare();
  const vsix = await packageExtension(root, values.out && resolve(values.out));
  const megabytes = (await stat(vsix)).size / 1e6;
  console.log(`${vsix} (${megabytes.toFixed(1)} MB); the engine loads out of it.`);
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
