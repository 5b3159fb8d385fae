/** `npm run lint`: types, style, unused code and dependencies, and that no machine or registry is named in a tracked file. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root } from "./ensure.mjs";

ensureInstalled();

/** @type {readonly (readonly [string, readonly string[]])[]} */
const checks = [
  ["tsc", ["--build"]],
  ["biome", ["check", "--error-on-warnings"]],
  ["knip", []],
];

let failed = false;
for (const [command, args] of checks) {
  const { status } = spawnSync("npx", ["--no-install", command, ...args], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  console.log(`${command}: ${status === 0 ? "clean" : "not clean"}`);
  failed ||= status !== 0;
}
const addresses =
  spawnSync("git", ["grep", "-nIE", '"resolved": *"https?:'], { cwd: root, encoding: "utf8" }).stdout ?? "";
if (addresses !== "") {
  console.log(
    `Registry addresses in tracked files; write the lockfile with "omit-lockfile-registry-resolved":\n${addresses}`,
  );
  failed = true;
}
// npm leaves packages for other platforms out of a lockfile where it can't fetch them, and `npm ci` then refuses it.
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const backends = Object.keys(packages["node_modules/node-llama-cpp"].optionalDependencies);
const missing = backends.filter((name) => !packages[`node_modules/${name}`]);
if (missing.length > 0) {
  console.log(`package-lock.json lacks ${missing.join(", ")}; add them as the other backends are.`);
  failed = true;
}
process.exitCode = failed ? 1 : 0;
