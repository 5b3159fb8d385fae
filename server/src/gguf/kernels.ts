import { loadAddon } from "../native/addon.js";
import { convertValues } from "./convert-values.js";
import type { Format, SourceFormat } from "./formats.js";

/** Converts weights between number formats. */
export interface Kernels {
  /** Who does it: the native module, or plain JavaScript with the same bytes. */
  readonly source: "native" | "javascript";
  /** How many conversions are worth having under way at once. */
  readonly parallel: number;
  /** How many bytes one call should take, so that a cancel is seen soon. */
  readonly stretch: number;
  /**
   * Converts all of `input` into `output`, whose sizes belong together (whole blocks). Neither may be touched until the
   * promise settles. Gives whether every value read and every scale written is finite.
   */
  convert(from: SourceFormat, to: Format, input: Uint8Array, output: Uint8Array): Promise<boolean>;
}

const MEBI = 2 ** 20;

/** Plain JavaScript, on the thread of the caller. */
export const JAVASCRIPT_KERNELS: Kernels = {
  source: "javascript",
  parallel: 1,
  stretch: MEBI / 2,
  convert: async (from, to, input, output) => convertValues(from, input, to, output),
};

/** The native kernels of the extension at `root` (the folder that holds `native/`), or JavaScript's where they can't load. */
export function kernels(root: string): Kernels {
  const { addon } = loadAddon(root);
  if (addon === null) return JAVASCRIPT_KERNELS;
  // Reading, converting and writing all use the process's pool of four threads.
  return {
    source: "native",
    parallel: 3,
    stretch: MEBI,
    convert: (from, to, input, output) => addon.convert(from, to, input, output),
  };
}
