#!/usr/bin/env node
/**
 * `npm run editor [-- FOLDER]`: opens the samples, or FOLDER, with the extension in development mode. Desktop VS Code
 * if `code` is on the PATH and there is a display; else VS Code served on 127.0.0.1, until Ctrl-C. `--served` and
 * `--port N` ask for the latter.
 */
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled } from "./ensure.mjs";
import { repoRoot } from "./host/install.mjs";
import { serveVSCode } from "./host/serve.mjs";

/** @returns {Promise<string | undefined>} desktop VS Code's command where a window can open */
async function desktopCommand() {
  const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (process.platform === "linux" && !display) return undefined;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const command = join(folder, name);
    const runs = await access(command, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return command;
  }
  return undefined;
}

/**
 * @param {string} command
 * @param {string} folder
 * @returns {Promise<number>} its exit code: the command returns once the window is open
 */
function openDesktop(command, folder) {
  const shell = process.platform === "win32";
  const quoted = (/** @type {string} */ text) => (shell ? `"${text}"` : text);
  const args = [quoted(`--extensionDevelopmentPath=${repoRoot}`), quoted(folder)];
  return new Promise((done, fail) => {
    spawn(quoted(command), args, { stdio: "inherit", shell })
      .once("error", fail)
      .once("exit", (code) => done(code ?? 1));
  });
}

/**
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<number>}
 */
async function serveUntilStopped(folder, port) {
  const interrupted = new Promise((stop) => {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, stop);
  });
  const served = await serveVSCode({ folder, port, extensionDevelopmentPath: repoRoot });
  console.log(`VS Code with QED Copilot is served on this machine. Open in a browser:\n\n  ${served.url}\n`);
  console.log("It runs until Ctrl-C. Its settings and extensions are its own and go with it; the files are real.");
  const ended = served.ended.then(() => "ended");
  const why = await Promise.race([interrupted, ended]);
  await served.stop();
  if (why !== "ended") return 0;
  console.error(`VS Code's server ended by itself: run npm run editor again.\n${served.log()}`);
  return 1;
}

try {
  const { values, positionals } = parseArgs({
    options: { served: { type: "boolean" }, port: { type: "string" } },
    allowPositionals: true,
  });
  const folder = resolve(process.env.INIT_CWD ?? ".", positionals[0] ?? join(repoRoot, "samples"));
  await access(folder).catch(() => {
    throw new Error(`${folder} isn't there: name a folder that is.`);
  });
  ensureInstalled();
  await ensureBuilt();
  const desktop = values.served || values.port ? undefined : await desktopCommand();
  process.exitCode = desktop
    ? await openDesktop(desktop, folder)
    : await serveUntilStopped(folder, Number(values.port ?? 0));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
