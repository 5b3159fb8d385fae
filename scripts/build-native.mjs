// Builds the native module, or says in one line why not. Run by `postinstall`; nothing else depends on its success,
// because every answer of the module has a JavaScript answer too.
//   node scripts/build-native.mjs             build if sources are newer than the built file
//   node scripts/build-native.mjs --prebuild  … and copy it to native/prebuilds/ for the extension package
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LIMIT_MS = 120_000;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const native = join(root, "native");
const built = join(native, "build", "Release", "qed_copilot.node");
const prebuilds = join(native, "prebuilds");

/** The newest change of the sources, in milliseconds. */
function sourcesChanged() {
  const files = readdirSync(join(native, "src")).map((name) => join(native, "src", name));
  return Math.max(...[...files, join(native, "binding.gyp")].map((file) => statSync(file).mtimeMs));
}

/** Whether a module loads here: a checkout may have been copied from another machine. */
function loads(file = built) {
  const result = spawnSync(process.execPath, ["-e", "require(process.argv[1])", file], { timeout: 20_000 });
  return result.status === 0;
}

function runs(command, args) {
  return spawnSync(command, args, { timeout: 10_000, stdio: "ignore", windowsHide: true }).status === 0;
}

/** What is missing for a build, or null. On Windows node-gyp looks for Visual Studio itself. */
function missing() {
  const pythons = [process.env.npm_config_python, process.env.PYTHON, "python3", "python"].filter(Boolean);
  if (!pythons.some((python) => runs(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 6))"]))) {
    return "no Python 3";
  }
  if (process.platform === "win32") return null;
  const compilers = [process.env.CXX, "c++", "g++", "clang++"].filter(Boolean);
  if (!compilers.some((compiler) => runs(compiler.split(" ")[0], ["--version"]))) return "no C++ compiler";
  return runs("make", ["--version"]) ? null : "no make";
}

function nodeGyp() {
  try {
    return createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
  } catch {
    return null;
  }
}

/** Headers that came with the running Node: with them node-gyp downloads nothing. */
function headers() {
  const beside = join(dirname(process.execPath), "..");
  return existsSync(join(beside, "include", "node", "node_api.h")) ? [`--nodedir=${beside}`] : [];
}

/** Runs node-gyp; null if it built, else the reason. Nothing of it outlives the limit. */
function compile(gyp) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [gyp, "rebuild", "--release", ...headers()], {
      cwd: native,
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      // binding.gyp asks `node` for a folder: it must be this one.
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}` },
    });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const timer = setTimeout(() => {
      stop(child);
      resolve("the build took more than 2 minutes");
    }, LIMIT_MS);
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : reason(output));
    });
  });
}

function stop(child) {
  try {
    if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** The compiler's first error, else node-gyp's own, else that it failed: one line. */
function reason(output) {
  const lines = output.split("\n");
  const compiler = lines.find((line) => /\berror\b[ :]/i.test(line) && !line.startsWith("gyp"));
  const gyp = lines.find((line) => /^gyp ERR! (stack )?Error:|^gyp ERR! find/.test(line));
  return (compiler ?? gyp?.replace(/^gyp ERR! (stack )?/, "") ?? "node-gyp failed").trim().slice(0, 200);
}

async function build() {
  if (existsSync(built) && statSync(built).mtimeMs >= sourcesChanged() && loads()) return null;
  const gyp = nodeGyp();
  const failed = missing() ?? (gyp ? await compile(gyp) : "no node-gyp") ?? (loads() ? null : "it does not load");
  // A half-written, older or foreign file must not be loaded in place of the one that could not be built.
  if (failed) rmSync(join(native, "build"), { recursive: true, force: true });
  return failed;
}

const failure = await build();
if (process.argv.includes("--prebuild")) {
  rmSync(prebuilds, { recursive: true, force: true });
  if (!failure) {
    const folder = join(prebuilds, `${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(built, join(folder, "qed-copilot.node"));
  }
}
if (failure) {
  const prebuilt = join(prebuilds, `${process.platform}-${process.arch}`, "qed-copilot.node");
  const instead = existsSync(prebuilt) && loads(prebuilt) ? "the prebuilt one" : "its JavaScript answers";
  console.log(`native module not built (${failure}): QED Copilot uses ${instead}`);
}
process.exit(0);
