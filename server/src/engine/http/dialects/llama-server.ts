import { chatml } from "../../../prompt/prompt.js";
import { count, type Dialect, type Piece, property, type Wire, word } from "../dialect.js";
import { chat } from "./chat.js";
import { completions } from "./completions.js";

/** llama-server's own completion, which counts tokens and tells how far it has read. */
const COMPLETION: Wire = {
  kind: "raw",
  frames: "sse",
  url: ({ root }) => `${root}/completion`,
  body: ({ prompt, maxTokens, sampling, seed }) => ({
    prompt: chatml(prompt),
    n_predict: maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    // Its own defaults (40 and 0.05) would cut what the model's card does not cut.
    top_k: 0,
    min_p: 0,
    seed,
    stream: true,
    cache_prompt: true,
    return_progress: true,
  }),
  read,
};

function read(value: object): Piece | null {
  const progress = property(value, "prompt_progress");
  if (progress !== undefined && progress !== null) {
    const total = count(property(progress, "total")) ?? 0;
    return { reading: { evaluated: Math.min(total, count(property(progress, "processed")) ?? 0), total } };
  }
  const text = property(value, "content");
  if (typeof text !== "string") return null;
  const tokens = count(property(value, "tokens_predicted")) ?? undefined;
  if (property(value, "stop") !== true) return { text, tokens };
  const limit = property(value, "stop_type") === "limit" || property(value, "stopped_limit") === true;
  const total = count(property(value, "tokens_evaluated")) ?? 0;
  const timings = property(value, "timings");
  const reused =
    count(property(timings, "cache_n")) ?? Math.max(0, total - (count(property(timings, "prompt_n")) ?? total));
  return {
    text,
    tokens,
    end: limit ? "length" : (word(property(value, "stop_type")) ?? "stop"),
    usage: { evaluated: Math.max(0, total - reused), reused, generated: tokens ?? 0 },
  };
}

/** llama-server of llama.cpp. */
export const LLAMA_SERVER: Dialect = {
  id: "llama-server",
  name: "llama-server",
  owners: ["llamacpp"],
  async about(ask) {
    const props = await ask("/props");
    const slots = count(property(props, "total_slots"));
    if (slots === null) return null;
    // Each slot has a context of its own.
    const contextSize = count(property(property(props, "default_generation_settings"), "n_ctx"));
    return { version: word(property(props, "build_info")), contextSize, slots };
  },
  raw: COMPLETION,
  hidden: completions(),
  chat: chat((tokens) => ({ thinking_budget_tokens: tokens })),
  parallel: 1,
  tokenizer: {
    path: "/tokenize",
    body: (_model, content) => ({ content, add_special: false, parse_special: true }),
    count(value) {
      const tokens = property(value, "tokens");
      return Array.isArray(tokens) ? tokens.length : null;
    },
  },
};
