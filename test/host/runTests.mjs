#!/usr/bin/env node
/**
 * Runs the suite inside VS Code: `node test/host/runTests.mjs [--vsix FILE] [--folder FOLDER]`.
 *
 * One suite, one entry, two hosts: desktop VS Code where a downloaded one lies in `.vscode-test/` or
 * `QED_TEST_DESKTOP=1` asks to fetch it, else the served VS Code behind `scripts/host/vscode-wrapper.mjs`.
 * With `--vsix` the extension under test is the installed package; without, it is the repository in development mode.
 * The last line is `HOST-RESULT {"passed":n,"failed":n,"skipped":n}`; exit code 0 or 1.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { bundleHostTests } from "../../scripts/host/bundle-tests.mjs";
import { repoRoot } from "../../scripts/host/install.mjs";
import { installVsix } from "../../scripts/host/install-vsix.mjs";

const DOWNLOAD_LIMIT_MS = 5 * 60_000;
/** The same VS Code as the served one, so that both hosts run the suite alike. */
const DESKTOP_VERSION = "1.100.3";

const { values } = parseArgs({ options: { vsix: { type: "string" }, folder: { type: "string" } } });
const temp = await mkdtemp(join(tmpdir(), "qed-host-"));
const resultFile = join(temp, "result.json");
// SIGINT is runTests' own: it ends VS Code first. The wrapper ends by itself once this process is gone.
for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
  process.once(signal, () => {
    rmSync(temp, { recursive: true, force: true });
    process.exit(1);
  });
}
try {
  const extensionTestsPath = await bundleHostTests();
  const desktop = await desktopVSCode();
  const folder = await workspace();
  const extensionsDir = join(temp, "extensions");
  if (values.vsix) await install(values.vsix, desktop, extensionsDir);
  console.log(`Host: ${desktop ? "desktop VS Code" : "served VS Code in Chromium"}`);
  await runTests({
    vscodeExecutablePath: desktop ?? join(repoRoot, "scripts", "host", wrapperName()),
    extensionDevelopmentPath: values.vsix ? await emptyExtension() : repoRoot,
    extensionTestsPath,
    launchArgs: [folder, `--extensions-dir=${extensionsDir}`, `--user-data-dir=${join(temp, "user")}`],
    extensionTestsEnv: { QED_HOST_RESULT: resultFile, QED_HOST_VSIX: values.vsix ? "1" : "" },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  const text = await readFile(resultFile, "utf8").catch(() => "");
  await rm(temp, { recursive: true, force: true, maxRetries: 5 });
  // A host that broke off before it counted is one failure, never zero.
  const counted = text ? JSON.parse(text) : { passed: 0, failed: 1, skipped: 0 };
  const result = process.exitCode && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  console.log(`HOST-RESULT ${JSON.stringify(result)}`);
}

/** @returns {Promise<string | undefined>} desktop VS Code's executable where one is to be used */
async function desktopVSCode() {
  const cachePath = join(repoRoot, ".vscode-test");
  const asked = process.env.QED_TEST_DESKTOP;
  const there = existsSync(cachePath) && readdirSync(cachePath).some((name) => /^vscode-.*\d$/.test(name));
  if (asked === "0" || (!asked && !there)) return undefined;
  const download = downloadAndUnzipVSCode({ version: DESKTOP_VERSION, cachePath, extractSync: true });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error("it took too long")), asked ? DOWNLOAD_LIMIT_MS : 60_000);
  });
  try {
    return /** @type {string} */ (await Promise.race([download, late]));
  } catch (error) {
    console.error(
      `Desktop VS Code can't be had (${/** @type {Error} */ (error).message}): going on in the served one.`,
    );
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function wrapperName() {
  return process.platform === "win32" ? "vscode-wrapper.cmd" : "vscode-wrapper.mjs";
}

/** The suite edits what it opens, so it gets a copy of the samples. */
async function workspace() {
  const folder = join(temp, "workspace");
  const samples = values.folder ? resolve(values.folder) : join(repoRoot, "samples");
  if (existsSync(samples)) await cp(samples, folder, { recursive: true });
  else await mkdir(folder);
  return folder;
}

/** With an installed extension under test, VS Code still wants one in development: this one does nothing. */
async function emptyExtension() {
  const folder = join(temp, "empty-extension");
  const manifest = { name: "qed-test-runner", publisher: "qed-test", version: "0.0.1", engines: { vscode: "*" } };
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  return folder;
}

/**
 * @param {string} vsix
 * @param {string | undefined} desktop
 * @param {string} extensionsDir
 */
async function install(vsix, desktop, extensionsDir) {
  if (!desktop) return void (await installVsix(vsix, extensionsDir));
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(desktop);
  if (!cli) throw new Error("desktop VS Code has no command line: delete .vscode-test/vscode-* and run again.");
  const profile = [`--extensions-dir=${extensionsDir}`, `--user-data-dir=${join(temp, "user")}`];
  await promisify(execFile)(cli, [...args, "--install-extension", resolve(vsix), ...profile], {
    timeout: 120_000,
    shell: process.platform === "win32",
  });
}
