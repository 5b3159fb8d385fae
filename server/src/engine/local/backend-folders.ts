import { readdirSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packagesIn } from "./backend-packages.js";

/** Runs in Node's own thread for hooks: backends that were found elsewhere stand for those beside the engine. */
const HOOK = `
let found = {};
export async function initialize(data) { found = data; }
export async function resolve(specifier, context, next) {
  return next(found[specifier] ?? specifier, context);
}`;

/**
 * Lets the engine find backends in the folders that `QED_BACKENDS` lists, before those beside it. Nothing happens where
 * there are none of the engine's version. Call it before the engine is asked for.
 */
export function useBackendFolders(folders = process.env.QED_BACKENDS ?? ""): void {
  const found: Record<string, string> = {};
  const version = engineVersion();
  if (version === null) return;
  for (const folder of folders.split(delimiter).reverse()) {
    if (folder === "") continue;
    for (const [name, place] of packagesIn(folder, version)) {
      found[name] = pathToFileURL(join(place, "dist", "index.js")).href;
    }
  }
  if (Object.keys(found).length === 0) return;
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`, { data: found });
}

/** Version of the engine that this process will import; null if it is not where it should be. */
function engineVersion(): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const modules = join(folder, "node_modules");
      if (readdirSync(modules).includes("node-llama-cpp")) {
        return JSON.parse(readFileSync(join(modules, "node-llama-cpp", "package.json"), "utf8")).version;
      }
    } catch {
      // Not in this folder.
    }
    if (folder === dirname(folder)) return null;
  }
}
