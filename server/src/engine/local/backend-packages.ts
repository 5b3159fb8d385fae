/**
 * The engine's backends as packages, and where they lie: below what the engine loads them with and what sets them up.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The npm scope of the packages. */
export const SCOPE = "@node-llama-cpp";

/** The engine's backends as packages: version and integrity hashes were written down when the extension was built. */
export interface PinnedBackends {
  /** Exact version of the engine and of each of its backends. */
  readonly version: string;
  /** Package name → hash as npm writes it, `sha512-…`. */
  readonly integrity: Readonly<Record<string, string>>;
}

/** What was written down at build time. Null in a build that is broken: then nothing is fetched. */
export function pinnedBackends(extensionRoot: string): PinnedBackends | null {
  try {
    return JSON.parse(readFileSync(join(extensionRoot, "dist", "backends.json"), "utf8")) as PinnedBackends;
  } catch {
    return null;
  }
}

/** Where fetched backends of a version lie. */
export function fetchedFolder(stateDirectory: string, version: string): string {
  return join(stateDirectory, "backends", version);
}

/**
 * Folders in which the engine looks for backends beside its own: the one that the user has set, then the one of fetched
 * packages.
 */
export function backendFolders(backendPath: string, stateDirectory: string, version: string | null): string[] {
  return [backendPath, version === null ? "" : fetchedFolder(stateDirectory, version)].filter(
    (folder) => folder !== "",
  );
}

/**
 * Backend packages in a folder, name → the package's folder. The folder may be one package, or hold some, with or
 * without `node_modules` and the scope; only those of exactly this version count.
 */
export function packagesIn(folder: string, version: string): Map<string, string> {
  const found = new Map<string, string>();
  const look = (place: string) => {
    try {
      const manifest = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
      const { name, version: own } = manifest as { readonly name?: unknown; readonly version?: unknown };
      if (typeof name !== "string" || !name.startsWith(`${SCOPE}/`) || own !== version) return;
      if (existsSync(join(place, "dist", "index.js")) && existsSync(join(place, "bins"))) found.set(name, place);
    } catch {
      // No package.
    }
  };
  look(folder);
  for (const parent of [folder, join(folder, SCOPE), join(folder, "node_modules", SCOPE)]) {
    try {
      for (const name of readdirSync(parent)) look(join(parent, name));
    } catch {
      // Not there.
    }
  }
  return found;
}
