import { createRequire } from "node:module";
import { join, relative } from "node:path";
import nodeGypBuild from "node-gyp-build";
import type { Gpu } from "./gpus.js";

/** What the native module exports. Its functions give errors as values. */
export interface Addon {
  /**
   * GPUs as NVIDIA's management library reports them; `library` replaces the driver's own (an absolute path). Never
   * rejects, but settles only when the driver answers, and does not keep the process alive meanwhile.
   */
  gpus(library?: string): Promise<{ readonly gpus: readonly Gpu[]; readonly error: string | null }>;
  /**
   * Converts weights on the process's thread pool, from "F32", "F16" or "BF16" to a format of GGUF by its name: all of
   * `input` into `output`, neither of which may be touched until the promise settles. Gives whether everything read and
   * written is finite; rejects if names or sizes don't fit.
   */
  convert(from: string, to: string, input: Uint8Array, output: Uint8Array): Promise<boolean>;
  /**
   * Has the kernel kill this process when its parent ends, even while its event loop is blocked (Linux). Null once that
   * is so, else one sentence. Whether the parent has ended before the call, the caller must see for itself.
   */
  dieWithParent(): string | null;
}

/** The native module, or why there is none: one sentence without a full stop. */
export type AddonResult =
  | {
      readonly addon: Addon;
      readonly file: string;
      /** Whether it was compiled where it is, or came with the extension. */
      readonly origin: "built" | "prebuilt";
      readonly error: null;
    }
  | { readonly addon: null; readonly file: null; readonly origin: null; readonly error: string };

const FUNCTIONS: readonly (keyof Addon)[] = ["gpus", "convert", "dieWithParent"];

const loaded = new Map<string, AddonResult>();

/**
 * Loads the native module of the extension at `root` (the folder that holds `native/`, an absolute path): the one that
 * was built there, else the prebuilt one for this platform. Answers are kept for the life of the process. Never throws.
 */
export function loadAddon(root: string): AddonResult {
  const known = loaded.get(root);
  if (known) return known;
  const result = load(root);
  loaded.set(root, result);
  return result;
}

function load(root: string): AddonResult {
  try {
    const file = nodeGypBuild.path(join(root, "native"));
    // A `require` of our own: inside a bundle the bundler's stands for something else.
    const exports: unknown = createRequire(join(root, "package.json"))(file);
    if (!isAddon(exports)) return none(`${file} is from another version`);
    const origin = relative(join(root, "native"), file).startsWith("prebuilds") ? "prebuilt" : "built";
    return { addon: exports, file, origin, error: null };
  } catch (error) {
    const first = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return none(first);
  }
}

function none(error: string): AddonResult {
  return { addon: null, file: null, origin: null, error };
}

function isAddon(exports: unknown): exports is Addon {
  if (typeof exports !== "object" || exports === null) return false;
  return FUNCTIONS.every((name) => typeof (exports as Partial<Addon>)[name] === "function");
}
