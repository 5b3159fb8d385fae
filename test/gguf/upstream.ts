import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS, type Format } from "../../server/src/gguf/formats.js";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** The engine's own quantisers, in a process of their own. */
export interface Upstream {
  quantise(to: Format, values: Float32Array): Uint8Array;
  close(): void;
}

/** Compiles the program that calls the engine's library, or gives the reason why it can't be called here. */
export function openUpstream(): Upstream | string {
  const library = findLibrary();
  if (library === null) return "the engine's library for this platform is not installed";
  if (spawnSync("gcc", ["--version"], { stdio: "ignore" }).status !== 0) return "there is no gcc";
  const folder = mkdtempSync(join(tmpdir(), "qed-upstream-"));
  const program = join(folder, "upstream");
  const source = join(import.meta.dirname, "upstream.c");
  const compiled = spawnSync("gcc", ["-o", program, source, "-ldl"], { encoding: "utf8" });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  return {
    quantise(to, values) {
      const { status, signal, stdout, stderr } = spawnSync(
        program,
        [library, String(FORMATS[to].id), String(values.length)],
        { input: new Uint8Array(values.buffer), maxBuffer: 2 ** 28 },
      );
      if (status !== 0) throw new Error(`upstream ended with ${signal ?? status}: ${stderr}`);
      return stdout;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function findLibrary(): string | null {
  if (process.platform !== "linux") return null;
  const arch = { x64: "linux-x64", arm64: "linux-arm64" }[process.arch as string];
  const bins = join(ROOT, "node_modules", "@node-llama-cpp", String(arch), "bins");
  if (!existsSync(bins)) return null;
  const found = readdirSync(bins).map((name) => join(bins, name, "libggml-base.so"));
  return found.find((file) => existsSync(file)) ?? null;
}
