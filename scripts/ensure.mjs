/** Makes sure that what a command needs is installed and built: the same for `npm start`, `npm test` and `npm run qed`. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Installs the packages of the lockfile if they are missing or older than it. Ends the process with one sentence if that fails. */
export function ensureInstalled({ quiet = false } = {}) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `QED Copilot needs Node.js 20.19 or newer, this is ${process.versions.node}. Install it from your system's packages or nodejs.org.`,
    );
  }
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return;
  if (!quiet) console.error("Installing packages …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", quiet ? "ignore" : 2, 2],
    // The binaries come as packages; nothing else is fetched.
    env: { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" },
    shell: process.platform === "win32",
  });
  if (status !== 0)
    fail("The packages could not be installed. Check the connection to the npm registry and run the command again.");
}

/** Builds dist/ if a source is newer. */
export async function ensureBuilt() {
  const stamp = join(root, "dist", ".built");
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  const sources = ["client/src", "server/src", "webview/src", "package-lock.json", "scripts/build.mjs"];
  if (sources.every((source) => newest(join(root, source)) <= built)) return;
  const { buildAll } = await import("./build.mjs");
  await buildAll();
}

/** @param {string} path @returns {number} time of the newest change at or below it, in milliseconds */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stats.mtimeMs);
}

/** @param {string} sentence @returns {never} */
export function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}
