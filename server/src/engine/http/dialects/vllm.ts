import { count, type Dialect, property, type Tokenizer, word } from "../dialect.js";
import { chat } from "./chat.js";
import { completions } from "./completions.js";

/** `/tokenize` of vLLM, which SGLang has taken over. */
export const TOKENIZE: Tokenizer = {
  path: "/tokenize",
  body: (model, prompt) => ({ model, prompt }),
  count: (value) => count(property(value, "count")),
};

/** Every event then carries the tokens so far: one can hold several. */
export const COUNTED = completions({ stream_options: { include_usage: true, continuous_usage_stats: true } });

/** vLLM: `vllm serve`. Its reasoning parser plays no part in raw completion. */
export const VLLM: Dialect = {
  id: "vllm",
  name: "vLLM",
  owners: ["vllm"],
  async about(ask, models) {
    const version = word(property(await ask("/version"), "version"));
    const own = models.some(({ owner }) => owner === "vllm");
    // Others have a `/version` too: only vLLM's list tells lengths, unless there is none.
    if (version === null || !(own || models.length === 0 || models.some(({ contextSize }) => contextSize !== null)))
      return null;
    return { version, contextSize: null, slots: null };
  },
  raw: COUNTED,
  hidden: COUNTED,
  chat: chat((tokens) => ({ thinking_token_budget: tokens })),
  parallel: 4,
  tokenizer: TOKENIZE,
};
