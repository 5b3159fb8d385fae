/** `npm run lint`: types, style, unused code and dependencies, and that no machine or registry is named in a tracked file. */
import { spawnSync } from "node:child_process";
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
process.exitCode = failed ? 1 : 0;
