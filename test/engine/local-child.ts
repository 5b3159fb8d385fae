import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { LocalEngine, type LocalEngineOptions } from "../../server/src/engine/local/local-engine.js";
import type { TappedMessage } from "./tap.js";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

let built: Promise<string> | null = null;

/** Builds the tapped engine process once and gives its path. It lies in the repository for node-llama-cpp's sake. */
function childPath(): Promise<string> {
  built ??= (async () => {
    const outfile = join(ROOT, "out/test/engine-child.js");
    await build({
      entryPoints: [join(ROOT, "test/engine/tapped-child.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      external: ["node-llama-cpp"],
      // As in scripts/build.mjs: CommonJS packages still ask for it.
      banner: {
        js: "import { createRequire as qedCreateRequire } from 'node:module'; const require = qedCreateRequire(import.meta.url);",
      },
      logLevel: "warning",
    });
    return outfile;
  })();
  return built;
}

/** A local engine, and every message between it and its process. */
export interface TappedEngine {
  readonly engine: LocalEngine;
  /** Messages so far, oldest first, of all processes that this engine has had. */
  messages(): TappedMessage[];
  close(): Promise<void>;
}

/**
 * A local engine on a GGUF file: one thread, no GPU. Nothing is started.
 * @param before JavaScript that the process runs first: for faults that can't be had otherwise
 */
export async function openTapped(
  modelPath: string,
  options: Partial<LocalEngineOptions> = {},
  before = "",
): Promise<TappedEngine> {
  const folder = mkdtempSync(join(tmpdir(), "qed-tap-"));
  const tap = join(folder, "messages.jsonl");
  const child = join(folder, "child.mjs");
  const bundle = JSON.stringify(pathToFileURL(await childPath()).href);
  writeFileSync(child, `process.env.QED_TEST_TAP = ${JSON.stringify(tap)};\n${before}\nawait import(${bundle});\n`);
  const engine = new LocalEngine({
    childPath: child,
    extensionRoot: ROOT,
    modelPath,
    gpu: false,
    contextSize: 8192,
    sampling: { temperature: 0, topP: 1 },
    stateDirectory: null,
    limits: { idleMinutes: 10, cacheGB: 0 },
    threads: 1,
    ...options,
  });
  return {
    engine,
    messages: () => (existsSync(tap) ? linesOf(readFileSync(tap, "utf8")) : []),
    close: async () => {
      await engine.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function linesOf(text: string): TappedMessage[] {
  // The last line may just be on its way.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TappedMessage);
}

/** Waits until something holds, looking again and again; rejects with `what` after ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process of that id runs; one that has ended and was not collected yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]$/.test(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "");
  } catch {
    return false;
  }
}
