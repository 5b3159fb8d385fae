#!/usr/bin/env node
/** Installs a VSIX into an extensions folder with the served VS Code's own installer, without a network. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensureServedVSCode } from "./install.mjs";

const INSTALL_LIMIT_MS = 120_000;

/**
 * @param {string} vsix
 * @param {string} extensionsDir made if it isn't there
 * @returns {Promise<string>} the folder of the installed extension
 * @throws {Error} one sentence, with VS Code's own words, when the VSIX isn't there or can't be installed
 */
export async function installVsix(vsix, extensionsDir) {
  const file = resolve(vsix);
  if (!existsSync(file)) throw new Error(`${file} isn't there: make it with npm run package.`);
  const vscode = await ensureServedVSCode();
  const temp = await mkdtemp(join(tmpdir(), "qed-vsix-"));
  const before = new Set((await installed(extensionsDir)).map(({ key }) => key));
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [
        join(vscode, "out", "server-main.js"),
        ...[
          "--server-data-dir",
          temp,
          "--user-data-dir",
          join(temp, "data"),
          "--extensions-dir",
          resolve(extensionsDir),
        ],
        ...["--accept-server-license-terms", "--install-extension", file, "--force"],
      ],
      {
        env: { ...process.env, HOME: temp, USERPROFILE: temp, EXTENSIONS_GALLERY: "{}", NODE_OPTIONS: "" },
        timeout: INSTALL_LIMIT_MS,
      },
    ).catch((error) => ({ stdout: String(error.stdout ?? ""), stderr: String(error.stderr || error.message) }));
    // The installer's exit code is 0 for a VSIX it refuses, so what counts is what is there now.
    const now = await installed(extensionsDir);
    const added =
      now.find(({ key }) => !before.has(key)) ?? (/successfully installed/.test(stdout) ? now.at(-1) : null);
    if (!added) throw new Error(`VS Code didn't install ${file}: ${lastWords(stdout, stderr)}`);
    return join(resolve(extensionsDir), added.folder);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

/**
 * What VS Code's own list says is installed.
 *
 * @param {string} extensionsDir
 * @returns {Promise<{ key: string, folder: string }[]>}
 */
async function installed(extensionsDir) {
  const list = await readFile(join(extensionsDir, "extensions.json"), "utf8").catch(() => "[]");
  return JSON.parse(list).map((/** @type {any} */ entry) => ({
    key: `${entry.relativeLocation} ${entry.metadata?.installedTimestamp}`,
    folder: entry.relativeLocation,
  }));
}

/** @param {string[]} outputs */
function lastWords(...outputs) {
  const words = outputs.join("\n").split("\n");
  const telling = words.filter((line) => /error|fail|not |invalid|compat/i.test(line) && !/bindings|spdlog/.test(line));
  return telling.slice(-3).join(" ").slice(-600) || "it gave no reason";
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const [vsix, extensionsDir] = process.argv.slice(2);
  if (!vsix || !extensionsDir) {
    console.error("Usage: node scripts/host/install-vsix.mjs FILE.vsix EXTENSIONS_DIR");
    process.exitCode = 2;
  } else {
    try {
      console.log(await installVsix(vsix, extensionsDir));
    } catch (error) {
      console.error(/** @type {Error} */ (error).message);
      process.exitCode = 1;
    }
  }
}
