import { basename, dirname, join, resolve } from "node:path";
import { FILE_TYPES, type FileType } from "./file-types.js";
import type { GgufValue } from "./gguf-header.js";
import { type Json, readTextFile } from "./json-file.js";
import type { ModelConfig } from "./model-config.js";
import type { SpecialTokens } from "./special-tokens.js";
import type { Tokenizer } from "./tokenizer.js";

/** What the metadata of a file is made from. */
export interface MetadataSource {
  readonly name: string;
  /** As in the checkpoint's README, or null. */
  readonly license: string | null;
  /** Numbers in all tensors together. */
  readonly parameters: number;
  readonly type: FileType;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly special: SpecialTokens;
  readonly template: string | null;
  readonly generation: Json | null;
}

type Entry = readonly [string, GgufValue];

/** The version of the quantised formats (`GGML_QNT_VERSION`). */
const QUANTISATION = 2;

/**
 * The metadata of a Qwen3 model, with the keys and in the order of llama.cpp's own converter; what makes a rehearsal
 * model comes last.
 */
export function metadataOf(source: MetadataSource): Entry[] {
  const { config, tokenizer, special } = source;
  const { rope } = config;
  return [
    text("general.architecture", "qwen3"),
    text("general.type", "model"),
    ...sampling(source.generation),
    text("general.name", source.name),
    text("general.size_label", sizeLabel(source.parameters)),
    ...(source.license === null ? [] : [text("general.license", source.license)]),
    u32("qwen3.block_count", config.layers),
    u32("qwen3.context_length", config.context),
    u32("qwen3.embedding_length", config.hidden),
    u32("qwen3.feed_forward_length", config.feedForward),
    u32("qwen3.attention.head_count", config.heads),
    u32("qwen3.attention.head_count_kv", config.keyValueHeads),
    ...(rope.scaling === null
      ? []
      : [
          text("qwen3.rope.scaling.type", rope.scaling.type),
          f32("qwen3.rope.scaling.factor", rope.scaling.factor),
          ...(rope.scaling.original === null
            ? []
            : [u32("qwen3.rope.scaling.original_context_length", rope.scaling.original)]),
          ...Object.entries(rope.scaling.yarn).map(([key, value]) => f32(`qwen3.rope.scaling.${key}`, value)),
        ]),
    f32("qwen3.rope.freq_base", rope.base),
    f32("qwen3.attention.layer_norm_rms_epsilon", config.epsilon),
    u32("qwen3.attention.key_length", config.headSize),
    u32("qwen3.attention.value_length", config.headSize),
    u32("general.file_type", FILE_TYPES[source.type].id),
    u32("general.quantization_version", QUANTISATION),
    text("tokenizer.ggml.model", "gpt2"),
    text("tokenizer.ggml.pre", "qwen2"),
    ["tokenizer.ggml.tokens", { type: "texts", value: tokenizer.tokens }],
    ["tokenizer.ggml.token_type", { type: "i32s", value: tokenizer.types }],
    ["tokenizer.ggml.merges", { type: "texts", value: tokenizer.merges }],
    ...(special.end === null ? [] : [u32("tokenizer.ggml.eos_token_id", special.end)]),
    ...(special.padding === null ? [] : [u32("tokenizer.ggml.padding_token_id", special.padding)]),
    ...(special.beginning === null ? [] : [u32("tokenizer.ggml.bos_token_id", special.beginning)]),
    ...(special.addBeginning === null ? [] : [bool("tokenizer.ggml.add_bos_token", special.addBeginning)]),
    ...(source.template === null ? [] : [text("tokenizer.chat_template", source.template)]),
    ...(config.rehearsal === null
      ? []
      : [
          ["qed.rehearsal.prompts", { type: "texts", value: config.rehearsal.prompts }] as const,
          text("qed.rehearsal.rows", config.rehearsal.rows),
        ]),
  ];
}

/** What the checkpoint recommends; programs that run the file may take it as their default. */
function sampling(generation: Json | null): Entry[] {
  const number = (key: string): number | null => {
    const value = generation?.[key];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  };
  const topK = number("top_k");
  const entries: Entry[] =
    topK === null || !Number.isInteger(topK) || Math.abs(topK) > 1e6 ? [] : [i32("general.sampling.top_k", topK)];
  for (const [name, key] of [
    ["top_p", "top_p"],
    ["min_p", "min_p"],
    ["temp", "temperature"],
    ["penalty_repeat", "repetition_penalty"],
  ] as const) {
    const value = number(key);
    if (value !== null) entries.push(f32(`general.sampling.${name}`, value));
  }
  return entries;
}

/** "4.0B": two digits at least, as llama.cpp's converter rounds. */
function sizeLabel(parameters: number): string {
  const [scale, suffix] =
    parameters > 1e12 ? [1e12, "T"] : parameters > 1e9 ? [1e9, "B"] : parameters > 1e6 ? [1e6, "M"] : [1e3, "K"];
  const scaled = parameters / Number(scale);
  return `${scaled.toFixed(Math.round(scaled) >= 10 ? 0 : 1)}${suffix}`;
}

/** The name of the checkpoint in a folder: the folder's, or the repository's in the hub's own cache. */
export function modelName(folder: string): string {
  const path = resolve(folder);
  const snapshots = dirname(path);
  const repository = /^models--.+?--(.+)$/.exec(basename(dirname(snapshots)))?.[1];
  return (basename(snapshots) === "snapshots" && repository) || basename(path) || "model";
}

/** The licence that the README of a checkpoint names in its front matter, or null. */
export async function readLicense(folder: string): Promise<string | null> {
  const readme = await readTextFile(join(folder, "README.md")).catch(() => null);
  const front = readme === null ? null : /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1];
  return front?.match(/^license:\s*["']?([\w.+-]{1,100})["']?\s*$/m)?.[1] ?? null;
}

function text(key: string, value: string): Entry {
  return [key, { type: "text", value }];
}

function u32(key: string, value: number): Entry {
  return [key, { type: "u32", value }];
}

function i32(key: string, value: number): Entry {
  return [key, { type: "i32", value }];
}

function f32(key: string, value: number): Entry {
  return [key, { type: "f32", value }];
}

function bool(key: string, value: boolean): Entry {
  return [key, { type: "bool", value }];
}
