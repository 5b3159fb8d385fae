/**
 * `npm test`: installs what is missing, builds, and runs everything: units and the server over stdio, the suite inside
 * VS Code, the real workbench, and the suite inside VS Code on the installed VSIX. Ends with `N passed, N failed`.
 * Arguments pick parts: `npm test -- units host workbench vsix`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureInstalled, fail, root } from "./ensure.mjs";

const PARTS = ["units", "host", "workbench", "vsix"];
const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) fail(`There is no part "${unknown[0]}"; the parts are ${PARTS.join(", ")}.`);
const wanted = (/** @type {string} */ part) => asked.length === 0 || asked.includes(part);

ensureInstalled();
const { buildAll } = await import("./build.mjs");
await buildAll();

const folder = mkdtempSync(join(tmpdir(), "qed-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const skippedTitles = [];

/**
 * @param {string[]} args of Node
 * @param {{ QED_TEST_COUNTS?: string }} env
 * @returns {Promise<{ code: number, output: string }>}
 */
function node(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      process.stdout.write(text);
      output += text;
    });
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {{ passed: number, failed: number, skipped: number, skippedTitles?: string[] }} counts */
function add(counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  skippedTitles.push(...(counts.skippedTitles ?? []));
}

/**
 * @param {string} name
 * @param {string[]} args of mocha
 */
async function mocha(name, args) {
  console.log(`\n=== ${name}`);
  const file = join(folder, `${name}.jsonl`);
  const reporter = join(root, "scripts", "test-reporter.cjs");
  const { code } = await node([join("node_modules", "mocha", "bin", "mocha.js"), "--reporter", reporter, ...args], {
    QED_TEST_COUNTS: file,
  });
  let counted = false;
  try {
    for (const line of readFileSync(file, "utf8").trim().split("\n")) {
      const counts = JSON.parse(line);
      counted ||= counts.failed > 0;
      add(counts);
    }
  } catch {
    counted = false;
  }
  // A run that broke off is a failure even if it counted none.
  if (code !== 0 && !counted) add({ passed: 0, failed: 1, skipped: 0 });
}

/**
 * @param {string} name
 * @param {string[]} args of runTests.mjs
 */
async function host(name, args) {
  console.log(`\n=== ${name}`);
  const { output } = await node([join("test", "host", "runTests.mjs"), ...args]);
  const line = /^HOST-RESULT (\{.*\})$/m.exec(output)?.[1];
  add(line ? JSON.parse(line) : { passed: 0, failed: 1, skipped: 0 });
}

if (wanted("units")) await mocha("units", []);
if (wanted("host")) await host("inside VS Code", []);
if (wanted("workbench")) {
  await mocha("workbench", [
    "--no-config",
    "--import=tsx",
    "--extension",
    "ts",
    "--timeout",
    "120000",
    "test/workbench/**/*.test.ts",
  ]);
}
if (wanted("vsix")) {
  console.log("\n=== package");
  const { code, output } = await node([join("scripts", "package.mjs")]);
  const vsix = output.match(/\S+\.vsix/g)?.at(-1) ?? readdirSync(root).find((name) => name.endsWith(".vsix"));
  if (code !== 0 || !vsix) add({ passed: 0, failed: 1, skipped: 0 });
  else await host("inside VS Code, on the installed VSIX", ["--vsix", vsix]);
}

rmSync(folder, { recursive: true, force: true });
for (const title of skippedTitles) console.log(`Skipped: ${title}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
