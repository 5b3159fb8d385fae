/**
 * Gets the two programs that the served VS Code needs: code-server's VS Code (from npm, kept in `.vscode-test/`)
 * and a Chromium to open it with.
 */
import { execFile, spawn } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The newest code-server whose VS Code (1.100.3) runs on Node 20. */
export const CODE_SERVER_VERSION = "4.100.3";

/** The repository's root folder. */
export const repoRoot = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

const MARKER = ".complete";
const INSTALL_LIMIT_MS = 15 * 60_000;
const NPM_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Installs the served VS Code where it isn't there whole. Two runs at once each fill a folder of their own; the first
 * rename wins and the other run uses its result.
 *
 * @param {(line: string) => void} [say] told what is being done, one line each
 * @returns {Promise<string>} the folder of VS Code itself (the one with `out/server-main.js`)
 * @throws {Error} one sentence with the next step when npm fails
 */
export async function ensureServedVSCode(say = console.error) {
  const parent = join(repoRoot, ".vscode-test");
  const target = join(parent, `code-server-${CODE_SERVER_VERSION}`);
  const inside = join("node_modules", "code-server", "lib", "vscode");
  if (await exists(join(target, MARKER))) return join(target, inside);

  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const temp = await mkdtemp(join(parent, `installing-${process.pid}-`));
  try {
    say(
      `Installing VS Code's web build for the tests (code-server ${CODE_SERVER_VERSION} from npm, about 315 MB, once) …`,
    );
    // Without a package.json of its own, npm would walk up and install into the repository.
    await writeFile(join(temp, "package.json"), '{"private":true}\n');
    await npm(temp, ["install", `code-server@${CODE_SERVER_VERSION}`, ...NPM_QUIET]);
    const vscode = join(temp, inside);
    await npm(vscode, ["install", "--omit=dev", ...NPM_QUIET]);
    await npm(join(vscode, "extensions"), ["install", "--omit=dev", ...NPM_QUIET]);
    await writeFile(join(temp, MARKER), `${new Date().toISOString()}\n`);
    await putInPlace(temp, target);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
  return join(target, inside);
}

/**
 * Renames a finished installation to its place. A rename onto a folder that is there fails, which is how a second run
 * learns that it came later.
 *
 * @param {string} temp
 * @param {string} target
 */
async function putInPlace(temp, target) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(temp, target);
    } catch (error) {
      if (await exists(join(target, MARKER))) return;
      if (attempt === 3 || !(await exists(target))) throw error;
      const broken = `${temp}-broken-${attempt}`;
      await rename(target, broken).catch(() => {});
      await rm(broken, { recursive: true, force: true });
    }
  }
}

/**
 * Removes what interrupted installations left; the folder's name says which process filled it.
 *
 * @param {string} parent
 */
async function removeAbandoned(parent) {
  for (const name of await readdir(parent)) {
    const pid = /^installing-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
async function npm(cwd, args) {
  // Under `npm test` npm_execpath names the npm that runs us; a script started by hand takes the one on the PATH.
  const cli = process.env.npm_execpath?.endsWith(".js") ? process.env.npm_execpath : undefined;
  const [command, first] = cli ? [process.execPath, [cli]] : [process.platform === "win32" ? "npm.cmd" : "npm", []];
  const child = spawn(command, [...first, ...args], {
    cwd,
    env: npmEnvironment(),
    stdio: ["ignore", "ignore", "pipe"],
    shell: !cli && process.platform === "win32",
    timeout: INSTALL_LIMIT_MS,
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
  if (code !== 0) {
    throw new Error(
      `npm ${args.slice(0, 2).join(" ")} failed (${code}): look at npm's message, check that npm reaches its registry, and run the command again.\n${errors}`,
    );
  }
}

/** An npm started inside `npm run` inherits that run's prefix and workspace, which would install into the repository. */
function npmEnvironment() {
  const steering = /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|global|workspace|omit|include)s?$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !steering.test(name)));
}

/**
 * Looks for a Chromium or Chrome: the `CHROMIUM` variable, the PATH, then the usual places.
 *
 * @returns {Promise<string | undefined>} an executable's path
 * @throws {Error} when `CHROMIUM` is set and names nothing that can be run
 */
export async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (await isExecutable(named)) return named;
    throw new Error(`CHROMIUM is set to ${named}, which can't be run: point it at a Chromium or Chrome, or unset it.`);
  }
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath =
    process.platform === "win32" ? [] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const candidate of ["/usr/bin/chromium", ...onPath, ...usualPlaces()]) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

function usualPlaces() {
  if (process.platform === "darwin") {
    const inside = ["Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"];
    return ["/Applications", join(homedir(), "Applications")].flatMap((root) => inside.map((app) => join(root, app)));
  }
  if (process.platform !== "win32") return [];
  const inside = ["Google\\Chrome\\Application\\chrome.exe", "Chromium\\Application\\chrome.exe"];
  const roots = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
  return roots.flatMap((root) => (root ? inside.map((app) => join(root, app)) : []));
}

/**
 * A Chromium to run the tests with. As root on Debian or Ubuntu it is installed from the distribution if there is none.
 *
 * @param {(line: string) => void} [say]
 * @returns {Promise<string>}
 * @throws {Error} one sentence with the next step when there is none and it can't be installed
 */
export async function ensureChromium(say = console.error) {
  const found = await findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && (await isExecutable("/usr/bin/apt-get"))) {
    say("Installing Debian's chromium for the tests (apt-get install -y chromium) …");
    const apt = (/** @type {string[]} */ ...args) =>
      promisify(execFile)("/usr/bin/apt-get", args, {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeout: INSTALL_LIMIT_MS,
        maxBuffer: 64 * 1024 * 1024,
      });
    try {
      await apt("update", "-q");
      await apt("install", "-y", "-q", "--no-install-recommends", "chromium");
    } catch (error) {
      throw new Error(`${noChromium()} (apt-get said: ${/** @type {Error} */ (error).message.slice(-400)})`);
    }
    const installed = await findChromium();
    if (installed) return installed;
  }
  throw new Error(noChromium());
}

function noChromium() {
  const how =
    process.platform === "linux"
      ? "install one (Debian, Ubuntu: sudo apt-get install -y chromium)"
      : "install Google Chrome or Chromium";
  return `The tests in VS Code need a Chromium and none was found: ${how}, or set CHROMIUM to its path.`;
}

/** @param {string} path */
async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @param {string} path */
async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

// `node scripts/host/install.mjs` fetches both ahead of the tests.
if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  try {
    console.log(`VS Code: ${await ensureServedVSCode()}`);
    console.log(`Chromium: ${await ensureChromium()}`);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 1;
  }
}
