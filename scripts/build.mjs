/** Bundles client, server, terminal, the processes of engine and conversion, and page into dist/. `npm run build`. */
import { cpSync, existsSync, renameSync, rmSync, utimesSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** CommonJS packages in an ES module bundle still ask for `require`. */
const REQUIRE =
  "import { createRequire as qedCreateRequire } from 'node:module'; const require = qedCreateRequire(import.meta.url);";

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  logLevel: "warning",
  metafile: true,
  sourcemap: true,
  minify: false,
  legalComments: "none",
};

/** @type {import("esbuild").BuildOptions} */
const node = {
  ...common,
  platform: "node",
  target: "node20",
  format: "esm",
  mainFields: ["module", "main"],
  banner: { js: REQUIRE },
};

/** @returns the bundles by name, each with its esbuild options */
function bundles() {
  return {
    client: {
      ...common,
      platform: "node",
      target: "node20",
      format: "cjs",
      entryPoints: ["client/src/extension.ts"],
      outfile: "dist/client.cjs",
      external: ["vscode"],
    },
    server: { ...node, entryPoints: ["server/src/main.ts"], outfile: "dist/server.js" },
    cli: { ...node, entryPoints: ["server/src/cli.ts"], outfile: "dist/cli.js" },
    "engine-child": {
      ...node,
      entryPoints: ["server/src/engine/local/child.ts"],
      outfile: "dist/engine-child.js",
      external: ["node-llama-cpp"],
    },
    "convert-child": { ...node, entryPoints: ["server/src/gguf/child.ts"], outfile: "dist/convert-child.js" },
    page: {
      ...common,
      platform: "browser",
      target: "es2022",
      format: "iife",
      entryPoints: { main: "webview/src/main.ts" },
      outdir: "dist/webview",
      loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
      assetNames: "fonts/[name]",
    },
  };
}

/**
 * Builds everything afresh. Throws with esbuild's messages if something does not compile; then, and until it is done,
 * dist/ is what it was, so that commands in two terminals don't get into each other's way.
 */
export async function buildAll() {
  const began = new Date();
  const dist = join(root, "dist");
  const staged = join(root, "out", `dist-${process.pid}`);
  rmSync(staged, { recursive: true, force: true });
  try {
    await mkdir(join(root, "out", "meta"), { recursive: true });
    await Promise.all(
      Object.entries(bundles()).map(async ([name, options]) => {
        const { metafile, outputFiles } = await build({ ...options, write: false });
        for (const { path, contents } of outputFiles) {
          const target = join(staged, relative(dist, path));
          await mkdir(dirname(target), { recursive: true });
          await writeFile(target, contents);
        }
        await writeFile(join(root, "out", "meta", `${name}.json`), JSON.stringify(metafile));
      }),
    );
    await writeFile(join(staged, "backends.json"), JSON.stringify(await backends(), null, 2));
    // Its age says how fresh the whole build is: what is saved while it goes on is not in it.
    const stamp = join(staged, ".built");
    await writeFile(stamp, "");
    utimesSync(stamp, began, began);
    replace(dist, staged);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/**
 * Version and integrity hashes of the engine's backends, as the lock file has them: what users fetch later is compared
 * with these.
 */
async function backends() {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const { version } = packages["node_modules/node-llama-cpp"];
  /** @type {Record<string, string>} */
  const integrity = {};
  for (const [path, entry] of Object.entries(packages)) {
    const name = /^node_modules\/(@node-llama-cpp\/.+)$/.exec(path)?.[1];
    if (name && entry.version === version) integrity[name] = entry.integrity;
  }
  return { version, integrity };
}

/** Puts a folder in the place of another. @param {string} folder @param {string} by */
function replace(folder, by) {
  const old = `${by}-old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(by, folder);
  } catch {
    // A file is in use (Windows), or another build was faster.
    cpSync(by, folder, { recursive: true, force: true, preserveTimestamps: true });
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
