import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./upstream.js";

let built: Promise<string> | null = null;

/**
 * Builds the process of a conversion as the extension has it, once, and gives the folder that stands for the extension's:
 * `dist/convert-child.js` is in it, and the repository's `native/`.
 */
export function buildChild(): Promise<string> {
  built ??= (async () => {
    const root = mkdtempSync(join(tmpdir(), "qed-child-"));
    process.once("exit", () => rmSync(root, { recursive: true, force: true }));
    await build({
      entryPoints: [join(ROOT, "server/src/gguf/child.ts")],
      outfile: join(root, "dist", "convert-child.js"),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
      logLevel: "warning",
    });
    symlinkSync(join(ROOT, "native"), join(root, "native"), "junction");
    symlinkSync(join(ROOT, "package.json"), join(root, "package.json"), "file");
    return root;
  })();
  return built;
}
