/**
 * What of a model fits into this machine's memory: layers on the GPU, context, sequences, type of the KV cache. Pure
 * arithmetic on sizes, so that every machine can be tried in a table.
 */

/** Sizes of a model, from its file. */
export interface ModelShape {
  /** Bytes of all tensors. */
  readonly weights: number;
  readonly layers: number;
  /** Bytes of one token in the KV cache over all layers, with 16-bit values. */
  readonly kvBytes: number;
  /** Whether its heads can be cached in blocks of 32 values. */
  readonly quantisableKv: boolean;
  readonly vocabulary: number;
  /** Tokens of context that it was trained on. */
  readonly trainContext: number;
}

/** Bytes that nobody uses now. */
export interface FreeMemory {
  readonly ram: number;
  /** Of the GPU; null where the processor does the work. */
  readonly vram: number | null;
}

/** What is asked for. */
export interface Wish {
  /** Tokens of context of each sequence, at least {@link LEAST_CONTEXT}. */
  readonly contextSize: number;
  /** Sequences for runs and reviews, at least 1. */
  readonly sequences: number;
}

/** What is to be loaded. */
export interface Fit {
  readonly fits: true;
  /** Of `layers + 1`: the output counts as one. */
  readonly gpuLayers: number;
  /** Tokens of each sequence. */
  readonly contextSize: number;
  readonly sequences: number;
  /** Tokens of the sequence that is reserved for typing. */
  readonly typingContext: number;
  readonly kvType: KvType;
  /** Whether it is less than was asked for: a smaller context, or layers that stay off the GPU. */
  readonly reduced: boolean;
  /** Bytes that it will take. */
  readonly ram: number;
  readonly vram: number;
}

/** Types of the KV cache that are used. */
export type KvType = "F16" | "Q8_0";

/** Not even the least fits. */
export interface NoFit {
  readonly fits: false;
  /** Bytes for the least that is worth a start, margin included. */
  readonly needed: number;
  readonly free: number;
}

/** Least context that is worth a start, in tokens. */
export const LEAST_CONTEXT = 2048;
/** Before the context falls below this, layers leave the GPU. */
const COMFORTABLE_CONTEXT = 8192;
/** Contexts are multiples of this. */
const CONTEXT_STEP = 256;
/** A statement, and a paragraph of its proof. */
const TYPING_CONTEXT = { most: 8192, least: 2048 };

const MIB = 2 ** 20;
/** What others may suddenly need: this many bytes, or this part of what is free. */
const MARGIN = { bytes: 512 * MIB, part: 0.05 };
/** Tokens of a batch: their logits and activations are the larger part of a context's work space. */
const BATCH = { work: 512, typing: 128 };
/** Work space beside the logits. */
const WORK_SPACE = 96 * MIB;
/** Of free memory, the most that the KV cache may take from a machine's other programs. */
const RAM_FOR_KV = 0.35;
/** Q8_0 keeps 32 values in 34 bytes. */
const Q8_PART = 34 / 64;

/** The most that fits. Less context goes first, then layers leave the GPU, then it is refused with the numbers. */
export function fit(model: ModelShape, free: FreeMemory, wish: Wish): Fit | NoFit {
  const most = Math.min(wish.contextSize, Math.max(LEAST_CONTEXT, model.trainContext));
  const ram = withoutMargin(free.ram);
  const vram = free.vram === null ? null : withoutMargin(free.vram);
  const all = vram === null ? 0 : model.layers + 1;
  const types: readonly KvType[] = model.quantisableKv ? ["F16", "Q8_0"] : ["F16"];
  const tries = (gpuLayers: number, contextSize: number, sequences: number, kvType: KvType) => {
    const size = sizeOf(model, { gpuLayers, contextSize, sequences, kvType });
    const kvLimit = vram === null && (sequences > 1 || contextSize > LEAST_CONTEXT) ? ram * RAM_FOR_KV : ram;
    if (size.ram > ram || size.vram > (vram ?? 0) || size.ramKv > kvLimit) return null;
    const reduced = gpuLayers < all || contextSize < most;
    const { typingContext } = size;
    return { fits: true, gpuLayers, contextSize, sequences, typingContext, kvType, reduced, ...total(size) } as const;
  };
  const widest = (gpuLayers: number, contextSize: number, kvType: KvType) => {
    for (let sequences = wish.sequences; sequences >= 1; sequences--) {
      const found = tries(gpuLayers, contextSize, sequences, kvType);
      if (found) return found;
    }
    return null;
  };
  const longest = (gpuLayers: number, floor: number) => {
    for (let contextSize = most; contextSize >= floor; contextSize = smaller(contextSize)) {
      for (const kvType of types) {
        const found = contextSize === most ? widest(gpuLayers, most, kvType) : tries(gpuLayers, contextSize, 1, kvType);
        if (found) return found;
      }
    }
    return null;
  };
  const comfortable = Math.min(most, COMFORTABLE_CONTEXT);
  for (let gpuLayers = all; gpuLayers >= 0; gpuLayers--) {
    const found = longest(gpuLayers, gpuLayers === 0 ? LEAST_CONTEXT : comfortable);
    if (found) return found;
  }
  const least = sizeOf(model, {
    gpuLayers: 0,
    contextSize: LEAST_CONTEXT,
    sequences: 1,
    kvType: types.at(-1) ?? "F16",
  });
  return { fits: false, needed: withMargin(least.ram + least.vram), free: free.ram };
}

interface Choice {
  readonly gpuLayers: number;
  readonly contextSize: number;
  readonly sequences: number;
  readonly kvType: KvType;
}

function sizeOf(model: ModelShape, { gpuLayers, contextSize, sequences, kvType }: Choice) {
  const share = gpuLayers / (model.layers + 1);
  const typingContext = Math.max(TYPING_CONTEXT.least, Math.min(TYPING_CONTEXT.most, contextSize >> 1));
  const tokens = contextSize * sequences + typingContext;
  const kv = tokens * model.kvBytes * (kvType === "F16" ? 1 : Q8_PART);
  const work = (BATCH.work + BATCH.typing) * model.vocabulary * 4 + 2 * WORK_SPACE;
  // Where all layers are on the GPU the processor still keeps the embeddings of its input, by mapping the file.
  return {
    typingContext,
    ramKv: kv * (1 - share),
    ram: (model.weights + kv) * (1 - share) + (gpuLayers === 0 ? work : WORK_SPACE),
    vram: (model.weights + kv) * share + (gpuLayers === 0 ? 0 : work),
  };
}

function total({ ram, vram }: { readonly ram: number; readonly vram: number }) {
  return { ram: Math.round(ram), vram: Math.round(vram) };
}

function smaller(contextSize: number): number {
  return Math.floor((contextSize * 0.9) / CONTEXT_STEP) * CONTEXT_STEP;
}

function withoutMargin(free: number): number {
  return free - Math.max(MARGIN.bytes, free * MARGIN.part);
}

function withMargin(needed: number): number {
  return Math.round(Math.max(needed + MARGIN.bytes, needed / (1 - MARGIN.part)));
}
