import { ConversionError, inWords } from "./conversion-error.js";
import type { ModelConfig } from "./model-config.js";
import type { SourceTensor } from "./safetensors.js";
import type { Weights } from "./weights.js";

/** A tensor of the result and where its values come from. */
export interface NamedTensor {
  /** GGUF's name. */
  readonly name: string;
  readonly source: SourceTensor;
  readonly layer: number | null;
}

/** One tensor that a model must have: GGUF's name, the checkpoint's, and its shape, rows before columns. */
type Expected = readonly [gguf: string, checkpoint: string, shape: readonly number[]];

/** Left out by every converter: it follows from the configuration. */
const COMPUTED = /\.rotary_emb\.inv_freq$/;

/**
 * The tensors of a Qwen3 model in the order of the file: the embedding, the layers, the output. Each must be there with
 * the shape that the configuration asks for, and there must be no other. The query and key projections are not permuted.
 * The output layer is left out where it is the embedding, stored or not. Throws a {@link ConversionError}.
 */
export function nameTensors(weights: Weights, config: ModelConfig): { tensors: NamedTensor[]; tied: boolean } {
  const tied = config.tied ?? !weights.tensors.has("lm_head.weight");
  const tensors: NamedTensor[] = [];
  const known = new Set(["lm_head.weight"]);
  const take = ([name, stored, shape]: Expected, layer: number | null): void => {
    known.add(stored);
    tensors.push({ name, source: fitting(weights, stored, shape), layer });
  };
  take(["token_embd.weight", "model.embed_tokens.weight", [config.vocabulary, config.hidden]], null);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const [name, stored, shape] of layerTensors(config)) {
      take([`blk.${layer}.${name}.weight`, `model.layers.${layer}.${stored}.weight`, shape], layer);
    }
  }
  take(["output_norm.weight", "model.norm.weight", [config.hidden]], null);
  if (!tied) take(["output.weight", "lm_head.weight", [config.vocabulary, config.hidden]], null);
  for (const name of weights.tensors.keys()) {
    if (known.has(name) || COMPUTED.test(name)) continue;
    throw new ConversionError(
      `This checkpoint has ${inWords(name)}, which a Qwen3 model of its configuration does not have. Name another folder.`,
    );
  }
  return { tensors, tied };
}

function layerTensors(config: ModelConfig): Expected[] {
  const { hidden, feedForward, headSize } = config;
  const queries = config.heads * headSize;
  const keys = config.keyValueHeads * headSize;
  return [
    ["attn_norm", "input_layernorm", [hidden]],
    ["attn_q", "self_attn.q_proj", [queries, hidden]],
    ["attn_q_norm", "self_attn.q_norm", [headSize]],
    ["attn_k", "self_attn.k_proj", [keys, hidden]],
    ["attn_k_norm", "self_attn.k_norm", [headSize]],
    ["attn_v", "self_attn.v_proj", [keys, hidden]],
    ["attn_output", "self_attn.o_proj", [hidden, queries]],
    ["ffn_norm", "post_attention_layernorm", [hidden]],
    ["ffn_gate", "mlp.gate_proj", [feedForward, hidden]],
    ["ffn_up", "mlp.up_proj", [feedForward, hidden]],
    ["ffn_down", "mlp.down_proj", [hidden, feedForward]],
  ];
}

function fitting(weights: Weights, name: string, shape: readonly number[]): SourceTensor {
  const tensor = weights.tensors.get(name);
  if (!tensor) {
    throw new ConversionError(`This checkpoint is not complete: ${name} is missing. Download it again.`);
  }
  if (tensor.shape.length !== shape.length || tensor.shape.some((dimension, at) => dimension !== shape[at])) {
    throw new ConversionError(
      `${name} has the shape ${tensor.shape.join(" × ")} where config.json asks for ${shape.join(" × ")}. Download the checkpoint again.`,
    );
  }
  return tensor;
}
