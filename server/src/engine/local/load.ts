/** Loads a model with as much context and as many sequences as fit. Runs in the engine's process only. */
import { stat } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import {
  type GgufFileInfo,
  getLlama,
  getModuleVersion,
  type Llama,
  type LlamaContext,
  type LlamaModel,
  readGgufFileInfo,
} from "node-llama-cpp";
import { type Fit, fit, LEAST_CONTEXT, type ModelShape } from "./fit.js";
import { LoadFailure } from "./load-failure.js";
import type { LoadedModel, LoadRequest } from "./messages.js";
import { PrefixSharing } from "./prefix-sharing.js";
import { modelIdentity, StateCache } from "./state-cache.js";

/** Models below this size in bytes are faster on one thread than on several. */
const SMALL_MODEL = 200_000_000;
/** Of macOS's memory, what is taken to be free at least: not measured. */
const FREE_ON_MACOS = 0.5;
/** Array of prompt hashes in the GGUF metadata of a rehearsal model. */
const REHEARSAL_KEY = "prompts";
/** Where memory was there in sum but not in one piece, this part of the context is tried next. */
const NEXT_TRY = 0.75;
/** Work space of typing is small: its prompts are read in small batches. */
const TYPING_BATCH = 128;

/** A model with a context for runs and reviews. */
export interface Loaded {
  readonly told: LoadedModel;
  readonly model: LlamaModel;
  /** Its sequences are not taken yet: `told.parallel` of them. */
  readonly context: LlamaContext;
  readonly prefixes: PrefixSharing;
  /** Makes the context of the sequence that is reserved for typing. */
  openTyping(): Promise<LlamaContext>;
}

/** Loads what is asked for. Rejects with a {@link LoadFailure}. */
export async function load(
  request: LoadRequest,
  onProgress: (progress: number) => void,
  log: (message: string) => void,
): Promise<Loaded> {
  const llama = await getLlama({
    build: "never",
    skipDownload: true,
    progressLogs: false,
    gpu: request.gpu,
    // Typing must not wait until the threads of a run are given back.
    maxThreads: 0,
    logger: (level, message) => {
      if (level === "error" || level === "fatal") log(message.trim());
    },
  });
  const shape = await shapeOf(request.modelPath);
  const plan = fit(shape, await freeMemory(llama), request);
  if (!plan.fits) throw new LoadFailure("model.memory", "not even the least fits", plan);
  if (plan.reduced && !request.reduced) {
    throw new LoadFailure("model.held", "less than asked for fits", wholeNeed(shape, llama, request));
  }
  const model = await llama.loadModel({
    modelPath: request.modelPath,
    gpuLayers: plan.gpuLayers,
    onLoadProgress: onProgress,
    ignoreMemorySafetyChecks: true,
  });
  const threads = request.threads ?? (shape.weights < SMALL_MODEL ? 1 : Math.max(1, llama.cpuMathCores - 1));
  const { context, contextSize } = await createContext(model, plan, threads);
  const gpus = llama.gpu === false || plan.gpuLayers === 0 ? [] : await llama.getGpuDeviceNames();
  const whole = plan.gpuLayers > shape.layers ? "" : `, ${plan.gpuLayers} of ${shape.layers + 1} layers`;
  return {
    told: {
      name: metadataText(model, "name") ?? model.filename ?? "model",
      device:
        gpus.length > 0
          ? `${gpus.join(", ")} (${llama.gpu}${whole})`
          : `CPU, ${threads} thread${threads === 1 ? "" : "s"}`,
      onGpu: gpus.length > 0,
      contextSize,
      parallel: context.totalSequences,
      kvType: plan.kvType,
      bytes: gpus.length > 0 ? plan.vram : plan.ram,
      rehearsal: rehearsalPrompts(model),
    },
    model,
    context,
    prefixes: new PrefixSharing({
      cache: await stateCache(request, plan),
      afterMs: request.cache?.afterMs ?? 0,
      tokenBytes: shape.kvBytes,
    }),
    openTyping: () =>
      model.createContext({
        ...contextOptions(plan, threads),
        sequences: 1,
        contextSize: Math.min(plan.typingContext, contextSize),
        batchSize: TYPING_BATCH,
      }),
  };
}

async function createContext(model: LlamaModel, plan: Fit, threads: number) {
  for (let contextSize = plan.contextSize; ; contextSize = Math.floor(contextSize * NEXT_TRY)) {
    try {
      const options = contextOptions(plan, threads);
      const context = await model.createContext({ ...options, sequences: plan.sequences, contextSize });
      return { context, contextSize: context.contextSize };
    } catch (error) {
      if (contextSize * NEXT_TRY < LEAST_CONTEXT) {
        const needed = Math.max(plan.ram, plan.vram);
        throw new LoadFailure("model.memory", String(error), { needed, free: 0 });
      }
    }
  }
}

function contextOptions({ kvType }: Fit, threads: number) {
  return {
    threads,
    ignoreMemorySafetyChecks: true,
    failedCreationRemedy: false as const,
    ...(kvType === "F16"
      ? {}
      : { flashAttention: true, experimentalKvCacheKeyType: kvType, experimentalKvCacheValueType: kvType }),
  };
}

async function freeMemory(llama: Llama): Promise<{ ram: number; vram: number | null }> {
  const ram = freeRam();
  if (llama.gpu === false) return { ram, vram: null };
  const { free: vram, unifiedSize } = await llama.getVramState();
  // Where GPU and processor share their memory it must not be counted twice.
  return unifiedSize > 0 ? { ram: Math.min(ram, vram), vram: Math.min(ram, vram) } : { ram, vram };
}

/** Bytes that a program can have without others being moved to disk; what only caches files counts as free. */
function freeRam(): number {
  // Node counts no caches as free on macOS, where most memory is one.
  if (process.platform === "darwin") return Math.max(freemem(), totalmem() * FREE_ON_MACOS);
  // Since Node 20.13 with the limit of a container.
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory?.() ?? freemem();
}

/** What the whole wish needs and what is there, for a sentence. */
async function wholeNeed(shape: ModelShape, llama: Llama, request: LoadRequest) {
  const plenty = Number.MAX_SAFE_INTEGER / 4;
  const { ram, vram } = await freeMemory(llama);
  const wish = { contextSize: request.contextSize, sequences: 1 };
  const plan = fit(shape, { ram: plenty, vram: vram === null ? null : plenty }, wish);
  return { needed: plan.fits ? Math.max(plan.vram, vram === null ? plan.ram : 0) : 0, free: vram ?? ram };
}

/** Reads the sizes of a model from its file, without the lists of its tokenizer. */
export async function shapeOf(path: string): Promise<ModelShape> {
  const [{ size }, info] = await Promise.all([
    stat(path),
    readGgufFileInfo(path, { logWarnings: false, sourceType: "filesystem" }),
  ]);
  return { weights: size, ...sizes(info) };
}

function sizes(info: GgufFileInfo): Omit<ModelShape, "weights"> {
  const { block_count, context_length, embedding_length, attention } = info.architectureMetadata;
  const layers = block_count ?? 32;
  const heads = number(attention?.head_count, 32);
  const kvHeads = number(attention?.head_count_kv, heads);
  const keyLength = attention?.key_length ?? Math.ceil((embedding_length ?? 4096) / heads);
  const valueLength = attention?.value_length ?? keyLength;
  const embeddings = info.fullTensorInfo?.find(({ name }) => name === "token_embd.weight")?.dimensions;
  return {
    layers,
    kvBytes: layers * kvHeads * (keyLength + valueLength) * 2,
    quantisableKv: keyLength % 32 === 0 && valueLength % 32 === 0,
    vocabulary: Number(embeddings?.[1] ?? 0),
    trainContext: context_length ?? 0,
  };
}

/** Some architectures give one number a layer. */
function number(value: number | readonly number[] | undefined, fallback: number): number {
  if (typeof value === "number") return value;
  return value === undefined || value.length === 0 ? fallback : Math.max(...value);
}

async function stateCache({ cache, modelPath }: LoadRequest, { kvType }: Fit): Promise<StateCache | null> {
  if (cache === null || cache.bytes === 0) return null;
  const [model, engine] = await Promise.all([modelIdentity(modelPath), getModuleVersion()]);
  return new StateCache(cache.directory, cache.bytes, { model, engine, kvType });
}

function metadataText(model: LlamaModel, key: "name"): string | null {
  return model.fileInfo.metadata.general?.[key] ?? null;
}

function rehearsalPrompts(model: LlamaModel): string[] | null {
  const metadata = model.fileInfo.metadata as { readonly qed?: { readonly rehearsal?: Record<string, unknown> } };
  const prompts = metadata.qed?.rehearsal?.[REHEARSAL_KEY];
  return Array.isArray(prompts) ? prompts.filter((hash) => typeof hash === "string") : null;
}
