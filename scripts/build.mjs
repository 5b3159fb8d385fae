/** Bundles client, server, terminal, engine process and page into dist/. `npm run build`. */
import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
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

/** Builds everything afresh. Throws with esbuild's messages if something does not compile. */
export async function buildAll() {
  rmSync(`${root}/dist`, { recursive: true, force: true });
  await mkdir(`${root}/out/meta`, { recursive: true });
  await Promise.all(
    Object.entries(bundles()).map(async ([name, options]) => {
      const { metafile } = await build(options);
      await writeFile(`${root}/out/meta/${name}.json`, JSON.stringify(metafile));
    }),
  );
  // Written last: its age says how fresh the whole build is.
  await writeFile(`${root}/dist/.built`, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
