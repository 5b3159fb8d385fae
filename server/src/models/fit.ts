import { timeInWords } from "./quantities.js";
import { MODEL_BYTES, WEIGHT_NAMES, WEIGHT_TYPES, type WeightType } from "./weights.js";

/** What a machine has, as far as it matters for a model. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly gpus: readonly {
    readonly vendor: "nvidia" | "amd";
    readonly name: string;
    readonly totalBytes: number | null;
    readonly freeBytes: number | null;
  }[];
  /** Major version of the CUDA runtime libraries that are installed, 12 or 13; null if there are none. */
  readonly cudaRuntime: number | null;
  /** Processor cores, at least 1. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Bytes of memory that programs can have now. */
  readonly freeMemoryBytes: number;
}

/** What the engine can compute with. */
export type Backend = "cuda" | "vulkan" | "metal" | "cpu";

/** How a model of the 4B shape would run with one kind of weights. */
export interface Fit {
  readonly weights: WeightType;
  readonly backend: Backend;
  /** Tokens; 0 if it doesn't fit at all. */
  readonly contextSize: number;
  /** Layers on the GPU of {@link LAYERS}; 0 for none. */
  readonly gpuLayers: number;
  /** Whether it can run, with at least {@link LEAST_CONTEXT} tokens. */
  readonly fits: boolean;
  /** Of a 10,000-token thought; null where nobody has measured it. */
  readonly seconds: number | null;
  /** The same in words. */
  readonly time: string;
}

/** What is proposed for a machine. */
export interface Proposal extends Fit {
  /** Why this backend, in one sentence. */
  readonly reason: string;
  /** One for each kind of weights, the best first, the proposed one among them. */
  readonly choices: readonly Fit[];
}

/** Layers of the 4B shape, the output layer included. */
const LAYERS = 37;
/** Tokens of context: the default, what the default budgets need of it, and the least that is worth a start. */
export const FULL_CONTEXT = 49_152;
const NEEDED_CONTEXT = 43_008;
const LEAST_CONTEXT = 4_096;
/** Where only some layers fit on the GPU, more context would leave fewer of them there. */
const PART_CONTEXT = 8_192;

/** Bytes of key and value cache a token in fp16: 36 layers × 8 heads × 128 × 2 × 2. */
const CACHE_BYTES = 147_456;
/** What the engine computes in, beside weights and cache, and what the screen and others may still take. */
const GPU_MARGIN = 0.9e9;
/** BF16 reads twice as many bytes a token as Q8_0: it is proposed only where other programs keep room beside it. */
const BF16_SPARE = 3e9;
/** The system and an editor go on beside it. */
const MEMORY_MARGIN = 0.7e9;
/**
 * Memory with the model loaded, without cache. Q8_0 was measured (174 MiB own, 4,126 mapped). Q4_K_M is repacked (1,841
 * MiB own, 2,426 mapped): once that is done the system may drop most of what is mapped, so half of it is counted.
 */
const RESIDENT_BYTES: Readonly<Record<WeightType, number>> = { bf16: 8.3e9, q8_0: 4.51e9, q4_k_m: 3.2e9 };
/** Milliseconds a token on the processor, measured with 1 and with 2 threads; more were not measured. */
const TOKEN_MS: Readonly<Record<WeightType, readonly [number, number] | null>> = {
  bf16: null,
  q8_0: [247, 247],
  q4_k_m: [105, 62],
};
const THOUGHT_TOKENS = 10_000;
/** Part of a Mac's memory that its GPU may use. */
const METAL_SHARE = 0.67;

/** Backend, weights, context and layers for a machine. */
export function propose(machine: Machine): Proposal {
  const { backend, reason, bytes } = chooseBackend(machine);
  const choices = WEIGHT_TYPES.map((weights) => fit(machine, backend, bytes, weights));
  const whole = choices.find(({ contextSize, gpuLayers, weights }) => {
    const spare = weights === "bf16" ? bytes - BF16_SPARE : bytes;
    const roomy = backend === "cpu" || tokens(spare - MODEL_BYTES[weights]) >= NEEDED_CONTEXT;
    return contextSize >= NEEDED_CONTEXT && roomy && onGpu(backend, gpuLayers);
  });
  // On the processor the smallest weights are the fastest by far. On a GPU that is small, they leave most for the context.
  const small = choices.at(-1)!;
  const best = backend === "cpu" ? small : (whole ?? small);
  const processor = fit(machine, "cpu", 0, "q4_k_m");
  if (backend !== "cpu" && !best.fits && processor.fits) {
    const onProcessor = WEIGHT_TYPES.map((weights) => fit(machine, "cpu", 0, weights));
    const why = `${machine.gpus[0]?.name ?? "The GPU"} has too little free memory for the model; it runs on the processor.`;
    return { ...processor, reason: why, choices: onProcessor };
  }
  return { ...best, reason, choices };
}

/** How one kind of weights would run on a backend with so many bytes of GPU memory for it. */
function fit(machine: Machine, backend: Backend, gpuBytes: number, weights: WeightType): Fit {
  const size = MODEL_BYTES[weights];
  if (backend === "cpu") {
    const context = tokens(machine.freeMemoryBytes - MEMORY_MARGIN - RESIDENT_BYTES[weights]);
    return described({ weights, backend, contextSize: context, gpuLayers: 0 }, machine);
  }
  const context = tokens(gpuBytes - size);
  if (context >= PART_CONTEXT) return described({ weights, backend, contextSize: context, gpuLayers: LAYERS }, machine);
  // Some layers, each with its part of the cache; the others on the processor. A Mac has only one memory.
  const least = PART_CONTEXT * CACHE_BYTES;
  const layers = Math.max(0, Math.floor((gpuBytes / (size + least)) * LAYERS));
  const rest = (RESIDENT_BYTES[weights] + least) * (1 - layers / LAYERS);
  const enough = machine.freeMemoryBytes - MEMORY_MARGIN >= rest;
  // With less than half of the layers, the GPU is hardly faster than the processor alone.
  const worth = backend !== "metal" && layers * 2 >= LAYERS && enough;
  return described({ weights, backend, contextSize: worth ? PART_CONTEXT : 0, gpuLayers: worth ? layers : 0 }, machine);
}

function described(
  given: Pick<Fit, "weights" | "backend" | "contextSize" | "gpuLayers">,
  { cores, gpus }: Machine,
): Fit {
  const fits = given.contextSize >= LEAST_CONTEXT;
  const { weights, backend, gpuLayers } = given;
  if (!fits)
    return { ...given, contextSize: 0, fits, seconds: null, time: "does not fit into the memory that is free" };
  if (backend !== "cpu") {
    const where = gpus[0]?.name ?? "this GPU";
    const part = gpuLayers < LAYERS ? `, with ${LAYERS - gpuLayers} of ${LAYERS} layers on the processor` : "";
    return { ...given, fits, seconds: null, time: `not measured on ${where}${part}; the first proof shows it` };
  }
  const measured = TOKEN_MS[weights];
  if (measured === null) return { ...given, fits, seconds: null, time: "not measured on a processor, and slow" };
  const seconds = (THOUGHT_TOKENS * measured[cores - 1 >= 2 ? 1 : 0]) / 1000;
  return { ...given, fits, seconds, time: `about ${timeInWords(seconds)} for a 10,000-token thought` };
}

function onGpu(backend: Backend, layers: number): boolean {
  return backend === "cpu" || layers === LAYERS;
}

/** The context that so many bytes of cache hold, in steps of 1,024 tokens, at most the full one. */
function tokens(bytes: number): number {
  return Math.max(0, Math.min(FULL_CONTEXT, Math.floor(bytes / CACHE_BYTES / 1024) * 1024));
}

/** Which backend there is for this platform and its GPUs, and how many bytes of GPU memory a model may take. */
function chooseBackend(machine: Machine): {
  readonly backend: Backend;
  readonly reason: string;
  readonly bytes: number;
} {
  const { platform, arch, gpus, cudaRuntime, memoryBytes } = machine;
  if (platform === "darwin") {
    return arch === "arm64"
      ? {
          backend: "metal",
          reason: "Metal runs on the GPU of this Mac.",
          bytes: memoryBytes * METAL_SHARE - GPU_MARGIN,
        }
      : { backend: "cpu", reason: "There is no GPU backend for Macs with an Intel processor.", bytes: 0 };
  }
  const [first] = gpus;
  if (first === undefined) return { backend: "cpu", reason: "No GPU was found; it runs on the processor.", bytes: 0 };
  if (arch !== "x64" || (platform !== "linux" && platform !== "win32")) {
    return {
      backend: "cpu",
      reason: `There is no GPU backend for ${platform}-${arch}; it runs on the processor.`,
      bytes: 0,
    };
  }
  const nvidia = gpus.filter(({ vendor }) => vendor === "nvidia");
  if (nvidia.length > 0 && cudaRuntime !== null) {
    return { backend: "cuda", reason: `CUDA runs on ${names(nvidia)}.`, bytes: memoryOf(nvidia) };
  }
  const reason =
    nvidia.length === 0
      ? `Vulkan runs on ${names(gpus)}.`
      : `Vulkan runs on ${names(nvidia)}; for CUDA, its runtime libraries (cudart and cublas, version 12 or 13) would have to be installed.`;
  const used = nvidia.length > 0 ? nvidia : gpus;
  return { backend: "vulkan", reason, bytes: memoryOf(used) };
}

/** Several GPUs share the layers; each keeps a margin. What a driver does not tell is taken as nothing. */
function memoryOf(gpus: Machine["gpus"]): number {
  return gpus.reduce((sum, { freeBytes, totalBytes }) => {
    return sum + Math.max(0, (freeBytes ?? (totalBytes ?? 0) * 0.9) - GPU_MARGIN);
  }, 0);
}

function names(gpus: Machine["gpus"]): string {
  const [first] = gpus;
  return gpus.length === 1
    ? first!.name
    : `${gpus.length} GPUs (${[...new Set(gpus.map(({ name }) => name))].join(", ")})`;
}

/** A fit in one line: "Q8_0, 49,152 tokens of context, CUDA". */
export function fitInWords({ weights, backend, contextSize, gpuLayers, fits, time }: Fit): string {
  if (!fits) return `${WEIGHT_NAMES[weights]} ${time}`;
  const layers = backend === "cpu" ? "" : gpuLayers < LAYERS ? `, ${gpuLayers} of ${LAYERS} layers on the GPU` : "";
  return `${WEIGHT_NAMES[weights]} on ${BACKEND_NAMES[backend]}, ${contextSize.toLocaleString("en")} tokens of context${layers}`;
}

/** Backends as users know them. */
export const BACKEND_NAMES: Readonly<Record<Backend, string>> = {
  cuda: "CUDA",
  vulkan: "Vulkan",
  metal: "Metal",
  cpu: "the processor",
};
