/**
 * Serves VS Code's web workbench on 127.0.0.1 from folders of its own: a fresh home, fresh settings, no gallery, no
 * telemetry. Nothing of the user's own VS Code is read or written.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureServedVSCode } from "./install.mjs";

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;
const LOG_LINES = 200;

/** Settings under every test: nothing opens, asks, or looks for something elsewhere by itself. */
const QUIET_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  // The web build saves by itself; desktop VS Code does not, and tests assert what a save brings.
  "files.autoSave": "off",
  "files.hotExit": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "window.commandCenter": false,
  "chat.commandCenter.enabled": false,
};

/**
 * @typedef {object} ServeOptions
 * @property {string} [folder] the folder or `.code-workspace` file to open; without it the window is empty
 * @property {string} [extensionDevelopmentPath] an extension's folder, loaded in development mode
 * @property {string} [extensionTestsPath] a module with `run()`, which the extension host runs
 * @property {string} [extensionsDir] installed extensions; without it an empty folder of its own
 * @property {Readonly<Record<string, unknown>>} [settings] user settings, over the quiet ones
 * @property {Readonly<Record<string, string | undefined>>} [env] variables of the server and the extension host, over
 *   this process's own; undefined removes one
 * @property {boolean} [trust] false: VS Code asks whether to trust the workspace, as it does for a user
 * @property {number} [port] 0 or nothing: a free one
 *
 * @typedef {object} ServedVSCode
 * @property {string} url the address to open: folder and extension are in it
 * @property {string} origin `http://127.0.0.1:PORT`
 * @property {number} port
 * @property {string} dataDir the server's data folder (`data/User/settings.json`, `data/User/globalStorage`, logs)
 * @property {Promise<void>} ended settles when the server's process is gone, for whatever reason
 * @property {() => string} log the server's last lines
 * @property {() => Promise<void>} stop ends the server with all its processes and removes its temporary folders
 */

/**
 * Starts a server and waits until it answers.
 *
 * @param {ServeOptions} options
 * @returns {Promise<ServedVSCode>}
 * @throws {Error} with the server's last lines when it ends or doesn't answer within a minute
 */
export async function serveVSCode(options) {
  const vscode = await ensureServedVSCode();
  const tempDir = await mkdtemp(join(tmpdir(), "qed-vscode-"));
  const home = join(tempDir, "home");
  const userDir = join(tempDir, "data", "User");
  await mkdir(home);
  await mkdir(userDir, { recursive: true });
  await writeFile(join(userDir, "settings.json"), JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, null, 2));

  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("served-main.mjs", import.meta.url)),
      join(vscode, "out", "server-main.js"),
      tempDir,
      ...["--host", "127.0.0.1", "--port", String(options.port ?? 0)],
      ...["--without-connection-token", "--accept-server-license-terms", "--telemetry-level", "off"],
      ...["--server-data-dir", tempDir, "--user-data-dir", join(tempDir, "data")],
      ...["--extensions-dir", options.extensionsDir ? resolve(options.extensionsDir) : join(tempDir, "ext")],
      ...(options.trust === false ? [] : ["--disable-workspace-trust"]),
    ],
    { env: serverEnvironment(home, options.env), stdio: ["pipe", "pipe", "pipe"], detached: true, windowsHide: true },
  );
  const output = keepLines(child);
  /** @type {Promise<void>} */
  const ended = new Promise((done) => child.once("exit", () => done()).once("error", () => done()));
  const stop = once(async () => {
    await endGroup(child, ended);
    await rm(tempDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  try {
    const port = await listening(child, output);
    const origin = `http://127.0.0.1:${port}`;
    await answers(`${origin}/version`);
    return { url: workbenchUrl(origin, options), origin, port, dataDir: tempDir, ended, log: output.text, stop };
  } catch (error) {
    await stop();
    throw new Error(`VS Code's server didn't start: ${/** @type {Error} */ (error).message}\n${output.text()}`);
  }
}

/**
 * The workbench's address. Extension and tests travel in VS Code's `payload` parameter, as remote addresses.
 *
 * @param {string} origin
 * @param {ServeOptions} options
 */
function workbenchUrl(origin, options) {
  const remote = (/** @type {string} */ path) =>
    `vscode-remote://${new URL(origin).host}${pathToFileURL(resolve(path)).pathname}`;
  const payload = [["skipWelcome", "true"]];
  if (options.extensionDevelopmentPath) {
    payload.push(["extensionDevelopmentPath", remote(options.extensionDevelopmentPath)]);
  }
  if (options.extensionTestsPath) payload.push(["extensionTestsPath", remote(options.extensionTestsPath)]);

  const url = new URL(origin);
  if (!options.folder) url.searchParams.set("ew", "true");
  else {
    const kind = options.folder.endsWith(".code-workspace") ? "workspace" : "folder";
    url.searchParams.set(kind, decodeURIComponent(pathToFileURL(resolve(options.folder)).pathname));
  }
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/**
 * @param {string} home
 * @param {ServeOptions["env"]} extra
 */
function serverEnvironment(home, extra) {
  // A VS Code terminal's or a test runner's own variables would steer the server under test.
  const foreign = /^(VSCODE_|ELECTRON_|XDG_|NODE_OPTIONS$|NODE_V8_COVERAGE$|CODE_SERVER_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const merged = { ...env, HOME: home, USERPROFILE: home, EXTENSIONS_GALLERY: "{}", ...extra };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** @typedef {{ text: () => string, onText: (listener: (text: string) => void) => void }} Output */

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Output}
 */
function keepLines(child) {
  let kept = "";
  /** @type {((text: string) => void)[]} */
  const listeners = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      kept = (kept + chunk).split("\n").slice(-LOG_LINES).join("\n");
      for (const listener of listeners) listener(kept);
    });
  }
  return { text: () => kept, onText: (listener) => listeners.push(listener) };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Output} output
 * @returns {Promise<number>} the port that the server says it listens on
 */
function listening(child, output) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("it named no port within a minute")), READY_LIMIT_MS);
    child.once("error", fail);
    child.once("exit", (code, signal) => fail(new Error(`it ended with ${code ?? signal}`)));
    child.once("exit", () => clearTimeout(timer));
    output.onText((text) => {
      const port = /agent listening on (\d+)/.exec(text)?.[1];
      if (!port) return;
      clearTimeout(timer);
      done(Number(port));
    });
  });
}

/** @param {string} address */
async function answers(address) {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const status = await fetch(address, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`${address} didn't answer within a minute`);
    await new Promise((retry) => setTimeout(retry, 50));
  }
}

/**
 * Ends a process group: politely, then by force.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<void>} ended
 */
async function endGroup(child, ended) {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === "win32") {
    await new Promise((done) => execFile("taskkill", ["/pid", String(pid), "/T", "/F"], done));
    return;
  }
  signalGroup(pid, "SIGTERM");
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  await Promise.race([ended, new Promise((late) => (timer = setTimeout(late, STOP_LIMIT_MS)))]);
  clearTimeout(timer);
  // The group outlives its leader if the extension host or a language server ignored the first signal.
  signalGroup(pid, "SIGKILL");
  await ended;
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

/**
 * @template T
 * @param {() => T} action
 * @returns {() => T}
 */
function once(action) {
  /** @type {T | undefined} */
  let result;
  return () => (result ??= action());
}
