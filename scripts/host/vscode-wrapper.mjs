#!/usr/bin/env node
/**
 * Takes desktop VS Code's arguments and runs the served VS Code in a headless Chromium instead, so that
 * `@vscode/test-electron`'s `runTests({ vscodeExecutablePath })` can start it where the desktop download is out of
 * reach. Prints the extension host's console and exits with the tests' exit code.
 *
 * `QED_HOST_TIMEOUT_MS` is the hard time-out (default 10 minutes). Exit codes of its own: 2 usage, 3 VS Code didn't
 * start or broke off, 4 time-out.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { launchChromium } from "./chromium.mjs";
import { repoRoot } from "./install.mjs";
import { installVsix } from "./install-vsix.mjs";
import { serveVSCode } from "./serve.mjs";

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

class WrapperError extends Error {
  /**
   * @param {number} exitCode
   * @param {string} message
   */
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * VS Code's command line, as far as tests use it. Unknown options are ignored, as VS Code does.
 *
 * @param {readonly string[]} argv
 */
function parseArguments(argv) {
  const named = ["extensionDevelopmentPath", "extensionTestsPath", "user-data-dir", "extensions-dir"];
  named.push("install-extension", "folder-uri");
  /** @type {Record<string, string>} */
  const options = {};
  /** @type {string[]} */
  const places = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = /** @type {string} */ (argv[i]);
    const [, name, value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (!name) {
      if (!argument.startsWith("-")) places.push(resolve(argument));
    } else if (named.includes(name)) {
      const given = value ?? argv[++i];
      if (!given) throw new WrapperError(2, `--${name} needs a value.`);
      options[name] = given;
    }
  }
  const uri = options["folder-uri"];
  const folder = uri ? pathOf(uri) : (places.find((place) => existsSync(place)) ?? places[0]);
  if (folder && !existsSync(folder)) throw new WrapperError(2, `${folder} isn't there: name a folder that is.`);
  return { options, folder };
}

/**
 * VS Code takes paths and `file:` addresses alike.
 *
 * @param {string} place
 */
function pathOf(place) {
  return place.startsWith("file:") ? fileURLToPath(place) : resolve(place);
}

/**
 * The settings that a test left in the profile it names, so that both hosts read them.
 *
 * @param {string | undefined} userDataDir
 */
function profileSettings(userDataDir) {
  const file = userDataDir && join(userDataDir, "User", "settings.json");
  if (!file || !existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new WrapperError(2, `${file} is not plain JSON: correct it. (${/** @type {Error} */ (error).message})`);
  }
}

/**
 * @param {readonly string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function main(argv) {
  const { options, folder } = parseArguments(argv);
  const extensionsDir = options["extensions-dir"];
  if (options["install-extension"]) {
    if (!extensionsDir) throw new WrapperError(2, "--install-extension needs --extensions-dir: name the folder.");
    await installVsix(options["install-extension"], extensionsDir);
    if (!options.extensionTestsPath) return 0;
  }
  const { extensionTestsPath: tests, extensionDevelopmentPath: extension } = options;
  if (!tests || !extension) {
    throw new WrapperError(2, "Name the tests: --extensionDevelopmentPath=FOLDER --extensionTestsPath=MODULE [FOLDER]");
  }
  const testsPath = pathOf(tests);
  const testsModule = [testsPath, `${testsPath}.js`, `${testsPath}.cjs`].find((file) => existsSync(file));
  if (!testsModule) throw new WrapperError(2, `${testsPath} isn't there: build the tests first.`);
  if (!existsSync(join(pathOf(extension), "package.json"))) {
    throw new WrapperError(2, `${pathOf(extension)} is no extension (no package.json): name its folder.`);
  }
  const served = await serveVSCode({
    ...(folder ? { folder } : {}),
    ...(extensionsDir ? { extensionsDir } : {}),
    extensionDevelopmentPath: pathOf(extension),
    extensionTestsPath: statSync(testsModule).isDirectory() ? join(testsModule, "index.js") : testsModule,
    settings: profileSettings(options["user-data-dir"]),
  });
  try {
    return await runInChromium(served);
  } finally {
    await served.stop();
  }
}

/**
 * @param {import("./serve.mjs").ServedVSCode} served
 * @returns {Promise<number>} what VS Code's test host hands to `codeAutomationExit`
 */
async function runInChromium(served) {
  const limit = Number(process.env.QED_HOST_TIMEOUT_MS) || DEFAULT_TIMEOUT_MS;
  const browser = await launchChromium();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    /** @type {Promise<number>} */
    const finished = new Promise((done, fail) => {
      // After the end, "disconnected" is what close() brings, and failing a settled promise does nothing.
      const broken = (/** @type {string} */ what) => fail(new WrapperError(3, `${what}\n${served.log()}`));
      page.on("crash", () => broken("Chromium's page crashed while the tests ran: run them again."));
      browser.on("disconnected", () => broken("Chromium ended while the tests ran: run them again."));
      void served.ended.then(() => broken("VS Code's server ended while the tests ran: run them again."));
      page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => done(code)).catch(fail);
      timer = setTimeout(async () => {
        const picture = join(repoRoot, "out", "screenshots", "host-timeout.png");
        await page.screenshot({ path: picture, timeout: 5_000 }).catch(() => {});
        fail(new WrapperError(4, `The tests in VS Code didn't end within ${limit / 1000} s (seen last: ${picture}).`));
      }, limit);
    });
    // What breaks off before anybody awaits it must not end this process as an unhandled rejection.
    finished.catch(() => {});
    await page.exposeFunction("codeAutomationLog", print);
    if (process.env.QED_HOST_VERBOSE) page.on("console", (message) => console.error(`[workbench] ${message.text()}`));
    // Not awaited alone, so that the hard time-out also covers a page that never loads.
    const loaded = page.goto(served.url, { waitUntil: "commit", timeout: 0 });
    return await Promise.race([loaded.then(() => finished), finished]);
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

/**
 * @param {string} severity
 * @param {unknown[]} values
 */
function print(severity, values) {
  const line = format(...values);
  if (isHostNoise(line)) return;
  if (severity === "error" || severity === "warn") console.error(line);
  else console.log(line);
}

/**
 * The served build lacks its log writer, its watchdog and its file search (ripgrep) and says so at length; its
 * workbench narrates its connections. None of it is the tests' own.
 *
 * @param {string} line
 */
function isHostNoise(line) {
  return (
    /Could not locate the bindings file[\s\S]*spdlog|native-watchdog|ripgrep.bin.rg ENOENT/.test(line) ||
    /^(Updating additional builtin|Ignoring fetching additional builtin|ChatSessionStore: )/.test(line) ||
    /^(Resolv(ing|ed) connection token|Creating a socket \(renderer|\[Service Worker\] registration)/.test(line)
  );
}

/** Ends this process, and with it Chromium and the server, when whoever started it is gone without a signal. */
function endWithParent() {
  const parent = process.ppid;
  const watch = () => {
    if (process.ppid !== parent) process.exit(3);
  };
  setInterval(watch, 1_000).unref();
}

endWithParent();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = error instanceof WrapperError ? error.exitCode : 3;
}
