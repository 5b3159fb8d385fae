import { ConversionError, inWords } from "./conversion-error.js";
import { type Json, naturalOr, objectOr, textOr } from "./json-file.js";

/** What `config.json` says of a Qwen3 model. Sizes are counts of numbers, layers, heads or tokens. */
export interface ModelConfig {
  readonly layers: number;
  readonly context: number;
  readonly hidden: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  readonly epsilon: number;
  readonly rope: Rope;
  /** Whether the output layer is the embedding; null if the configuration does not say. */
  readonly tied: boolean | null;
  /** Ids of special tokens as the model's configuration has them, or null. */
  readonly beginning: number | null;
  readonly end: number | null;
  /** What makes it a rehearsal model; null for every other. */
  readonly rehearsal: { readonly prompts: readonly string[]; readonly rows: string } | null;
}

/** Rotary position embedding. Scaling factors are null where nothing is scaled. */
interface Rope {
  readonly base: number;
  readonly scaling: {
    readonly type: "linear" | "yarn";
    readonly factor: number;
    /** Tokens of context before scaling; for YaRN. */
    readonly original: number | null;
    /** YaRN's other numbers, by GGUF's name. */
    readonly yarn: Readonly<Record<string, number>>;
  } | null;
}

const LARGEST = 2 ** 24;

/**
 * Reads the configuration of a checkpoint. Throws a {@link ConversionError}: for every architecture but Qwen3, for
 * weights that are quantised already, for features that the engine's Qwen3 does not have, and for numbers that make no
 * sense.
 */
export function readModelConfig(config: Json): ModelConfig {
  const architecture = Array.isArray(config.architectures) ? textOr(config.architectures[0]) : null;
  const type = textOr(config.model_type);
  if (architecture !== null ? architecture !== "Qwen3ForCausalLM" : type !== "qwen3") {
    throw new ConversionError(
      `This checkpoint is a ${inWords(architecture ?? type ?? "model of unknown architecture")}; only Qwen3 checkpoints (Qwen3ForCausalLM) can be converted. Name another folder.`,
    );
  }
  refuseWhatIsMissing(config);
  const natural = (key: string, least = 1): number => {
    const value = naturalOr(config[key], LARGEST);
    if (value === null || value < least) {
      throw new ConversionError(`config.json is damaged: "${key}" is missing or makes no sense. Download it again.`);
    }
    return value;
  };
  const heads = natural("num_attention_heads");
  return {
    layers: natural("num_hidden_layers"),
    context: natural("max_position_embeddings"),
    hidden: natural("hidden_size"),
    feedForward: natural("intermediate_size"),
    heads,
    keyValueHeads: "num_key_value_heads" in config ? natural("num_key_value_heads") : heads,
    // The default of Qwen3 in transformers.
    headSize: "head_dim" in config ? natural("head_dim") : 128,
    vocabulary: natural("vocab_size"),
    epsilon: numberOr(config.rms_norm_eps) ?? 1e-6,
    rope: readRope(config),
    tied: typeof config.tie_word_embeddings === "boolean" ? config.tie_word_embeddings : null,
    beginning: naturalOr(config.bos_token_id, LARGEST),
    end: naturalOr(first(config.eos_token_id), LARGEST),
    rehearsal: readRehearsal(objectOr(config.qed_rehearsal)),
  };
}

/** What the checkpoint has and the engine's Qwen3 has not. */
function refuseWhatIsMissing(config: Json): void {
  const quantisation = objectOr(config.quantization_config);
  if (quantisation !== null) {
    const method = inWords(textOr(quantisation.quant_method) ?? "unknown");
    throw new ConversionError(
      `The weights of this checkpoint are quantised already (${method}). Take the checkpoint with the original weights.`,
    );
  }
  const feature =
    config.use_sliding_window === true
      ? "sliding-window attention"
      : config.attention_bias === true
        ? "biases in its attention"
        : textOr(config.hidden_act) !== null && config.hidden_act !== "silu"
          ? `the activation ${inWords(textOr(config.hidden_act))}`
          : null;
  if (feature !== null) {
    throw new ConversionError(
      `This checkpoint has ${feature}, which the engine's Qwen3 does not know. Name another folder.`,
    );
  }
}

/** From `rope_parameters`, as transformers 5 writes it, or from `rope_theta` and `rope_scaling`. */
function readRope(config: Json): Rope {
  const parameters = objectOr(config.rope_parameters) ?? objectOr(config.rope_scaling) ?? {};
  const base = numberOr(parameters.rope_theta) ?? numberOr(config.rope_theta) ?? 10_000;
  const type = textOr(parameters.rope_type) ?? textOr(parameters.type) ?? "default";
  if (type === "default") return { base, scaling: null };
  const factor = numberOr(parameters.factor);
  if ((type !== "linear" && type !== "yarn") || factor === null) {
    throw new ConversionError(
      `This checkpoint stretches its context in a way that can't be converted (${inWords(type)}). Name another folder.`,
    );
  }
  const original =
    naturalOr(parameters.original_max_position_embeddings, LARGEST) ??
    naturalOr(config.original_max_position_embeddings, LARGEST) ??
    naturalOr(config.max_position_embeddings, LARGEST);
  const yarn: Record<string, number> = {};
  for (const [name, ...keys] of [
    ["yarn_ext_factor", "extrapolation_factor"],
    ["yarn_attn_factor", "attention_factor", "attn_factor"],
    ["yarn_beta_fast", "beta_fast"],
    ["yarn_beta_slow", "beta_slow"],
  ] as const) {
    const value = keys.map((key) => numberOr(parameters[key])).find((number) => number !== null) ?? null;
    if (type === "yarn" && value !== null) yarn[name] = value;
  }
  return { base, scaling: { type, factor, original: type === "yarn" ? original : null, yarn } };
}

function readRehearsal(value: Json | null): ModelConfig["rehearsal"] {
  if (value === null || !Array.isArray(value.prompts)) return null;
  return { prompts: value.prompts.filter((hash) => typeof hash === "string"), rows: textOr(value.rows) ?? "" };
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
