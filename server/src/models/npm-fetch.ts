import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchedFolder, type PinnedBackends, packagesIn } from "../engine/local/backend-packages.js";
import { SetUpError } from "./set-up-error.js";

/** How much of npm's error output is looked at, in characters. */
const KEPT = 8_000;

/**
 * Fetches backend packages with the user's own npm, its registry, proxy and cache, into the state directory. npm itself
 * compares each with the hash that the extension was built with: it is given a lock file and runs no scripts. All of
 * them appear in one step. Throws `backend.failed` or the signal's reason.
 */
export async function fetchBackend(
  packages: readonly string[],
  pinned: PinnedBackends,
  stateDirectory: string,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const target = fetchedFolder(stateDirectory, pinned.version);
  const there = packagesIn(target, pinned.version);
  if (packages.every((name) => there.has(name))) return;
  // What is there already goes into the new folder too: npm has it in its cache.
  const names = [...new Set([...there.keys(), ...packages])];
  const parent = join(stateDirectory, "backends");
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, ".fetching-"));
  try {
    await writeFile(join(scratch, "package.json"), JSON.stringify(manifest(names, pinned)));
    await writeFile(join(scratch, "package-lock.json"), JSON.stringify(lockFile(names, pinned)));
    await npm(scratch, names, pinned.version, signal, env);
    const fetched = packagesIn(scratch, pinned.version);
    const missing = names.find((name) => !fetched.has(name));
    if (missing !== undefined) throw failed(missing, pinned.version, "npm did not put it where it should");
    await rm(target, { recursive: true, force: true });
    await rename(scratch, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function manifest(names: readonly string[], { version }: PinnedBackends) {
  return {
    name: "qed-backends",
    private: true,
    dependencies: Object.fromEntries(names.map((name) => [name, version])),
  };
}

function lockFile(names: readonly string[], pinned: PinnedBackends) {
  const entries = names.map((name) => {
    const integrity = pinned.integrity[name];
    if (integrity === undefined) throw failed(name, pinned.version, "this build does not know its hash");
    return [`node_modules/${name}`, { version: pinned.version, integrity }];
  });
  const root = { dependencies: manifest(names, pinned).dependencies };
  return {
    name: "qed-backends",
    lockfileVersion: 3,
    requires: true,
    packages: { "": root, ...Object.fromEntries(entries) },
  };
}

async function npm(
  folder: string,
  names: readonly string[],
  version: string,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  signal.throwIfAborted();
  const name = names.at(-1)!;
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--omit=dev"];
  const windows = process.platform === "win32";
  const { code, stderr } = await new Promise<{ code: number | string | null; stderr: string }>((resolve) => {
    // npm is a command file on Windows, which only a shell starts.
    const child = spawn("npm", args, {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "pipe"],
      shell: windows,
      windowsHide: true,
    });
    const stop = () => child.kill();
    signal.addEventListener("abort", stop, { once: true });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-KEPT);
    });
    child.once("error", (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? "failed", stderr }));
    child.once("close", (ended) => {
      signal.removeEventListener("abort", stop);
      resolve({ code: ended, stderr });
    });
  });
  if (signal.aborted) throw signal.reason;
  if (code === 0) return;
  if (code === "ENOENT" || /not recognized as an internal or external command/.test(stderr)) {
    throw failed(name, version, "npm, which fetches it, is not installed. Install Node.js with npm and set up again");
  }
  if (/EINTEGRITY/.test(stderr)) {
    throw failed(
      name,
      version,
      "what the registry gives is not what this extension was built with, and was thrown away",
    );
  }
  const known = /npm error code (\w+)/.exec(stderr)?.[1] ?? `exit code ${code}`;
  throw failed(name, version, `npm failed with ${known}. See whether "npm view ${name}" works in a terminal`);
}

function failed(name: string, version: string, why: string): SetUpError {
  return new SetUpError(
    "backend.failed",
    `The backend ${name} could not be fetched: ${why}; or get version ${version} of it by other means and set "qed.backendPath" to its folder.`,
  );
}
