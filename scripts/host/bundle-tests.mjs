#!/usr/bin/env node
/**
 * Bundles the suite that runs inside VS Code: `test/host/index.ts` and each `test/host/suite/*.test.ts` become
 * CommonJS files in `out/test/host/` (VS Code loads a test entry with `require`). `vscode` is the host's own, mocha is
 * loaded from node_modules.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { repoRoot } from "./install.mjs";

/**
 * @returns {Promise<string>} the bundled entry, for `extensionTestsPath`
 * @throws {Error} esbuild's, with the place in the source
 */
export async function bundleHostTests() {
  const source = join(repoRoot, "test", "host");
  const outdir = join(repoRoot, "out", "test", "host");
  const suites = (await readdir(join(source, "suite"))).filter((name) => name.endsWith(".test.ts")).sort();
  await build({
    entryPoints: [join(source, "index.ts"), ...suites.map((name) => join(source, "suite", name))],
    outbase: source,
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  // A suite that was deleted or renamed must not run on. Only those go: another run may be reading the rest.
  const bundled = new Set(suites.map((name) => name.replace(/\.ts$/, ".cjs")));
  for (const name of await readdir(join(outdir, "suite"))) {
    if (!bundled.has(name)) await rm(join(outdir, "suite", name), { recursive: true });
  }
  return join(outdir, "index.cjs");
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) console.log(await bundleHostTests());
