import { isAbsolute } from "node:path";
import { type Addon, loadAddon } from "./addon.js";
import { amdGpus } from "./amd.js";
import { nvidiaSmiGpus } from "./nvidia-smi.js";

/** One GPU of this machine. Null stands for what the driver does not tell. */
export interface Gpu {
  readonly vendor: "nvidia" | "amd";
  readonly name: string;
  /** Bytes of the GPU's own memory. */
  readonly totalBytes: number | null;
  /** Bytes that nobody uses now, at most `totalBytes`. */
  readonly freeBytes: number | null;
  /** The driver's version as its vendor writes it. */
  readonly driver: string | null;
  /** Percent of the last sample period in which the GPU worked, 0 to 100. */
  readonly utilisation: number | null;
  /** CUDA's compute capability, "8.9"; null for other vendors. */
  readonly computeCapability: string | null;
}

/** The GPUs of this machine and how they were found. */
export interface GpuReport {
  readonly gpus: readonly Gpu[];
  /** Who answered for NVIDIA: the native module, or plain JavaScript where that can't load. */
  readonly source: "native" | "javascript";
  /** One sentence about what could not be asked; null if all was. GPUs may be listed all the same. */
  readonly error: string | null;
}

/** Settings of {@link gpus} that only tests change. */
export interface GpuOptions {
  /** Instead of NVIDIA's own library: an absolute path. From the environment variable `QED_NVML_LIBRARY` by default. */
  readonly library?: string | undefined;
  /** How long the driver may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Where Linux keeps its devices. */
  readonly sysfs?: string;
}

// A driver that wakes eight sleeping GPUs needs seconds.
const NATIVE_TIMEOUT_MS = 10_000;

/**
 * The GPUs of this machine. `root` is the extension's folder, the one that holds `native/`: the repository from source,
 * the parent of `dist/` in a bundle. NVIDIA through the native module, or `nvidia-smi` where that can't load; AMD, on
 * Linux, through sysfs. Never rejects, opens no compute context and answers within about ten seconds.
 */
export async function gpus(root: string, options: GpuOptions = {}): Promise<GpuReport> {
  const { addon, error } = loadAddon(root);
  const [nvidia, amd] = await Promise.all([
    addon ? askAddon(addon, options) : javaScript(error),
    amdGpus(options.sysfs),
  ]);
  return {
    gpus: [...nvidia.gpus, ...amd],
    source: addon ? "native" : "javascript",
    // With AMD's GPUs found, a machine without NVIDIA's driver is no error.
    error: amd.length > 0 && nvidia.gpus.length === 0 ? null : nvidia.error,
  };
}

type Answer = Pick<GpuReport, "gpus" | "error">;

async function javaScript(why: string): Promise<Answer> {
  const { gpus, error } = await nvidiaSmiGpus();
  return { gpus, error: error && `${error} (The native module is not loaded: ${why}.)` };
}

async function askAddon(addon: Addon, options: GpuOptions): Promise<Answer> {
  const library = options.library ?? process.env.QED_NVML_LIBRARY ?? "";
  if (library !== "" && !isAbsolute(library)) {
    return { gpus: [], error: "QED_NVML_LIBRARY must be an absolute path; unset it to use the driver's own library." };
  }
  const milliseconds = options.timeoutMs ?? NATIVE_TIMEOUT_MS;
  const silent = {
    gpus: [],
    error: `The NVIDIA driver did not answer in ${milliseconds / 1000} s; run nvidia-smi in a terminal to see why.`,
  };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Answer>((resolve) => {
    timer = setTimeout(resolve, milliseconds, silent);
  });
  try {
    return await Promise.race([library === "" ? addon.gpus() : addon.gpus(library), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
