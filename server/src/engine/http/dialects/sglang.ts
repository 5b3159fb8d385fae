import { count, type Dialect, property, word } from "../dialect.js";
import { chat } from "./chat.js";
import { COUNTED, TOKENIZE } from "./vllm.js";

/** SGLang: `python -m sglang.launch_server`. */
export const SGLANG: Dialect = {
  id: "sglang",
  name: "SGLang",
  owners: ["sglang"],
  async about(ask) {
    const info = (await ask("/server_info")) ?? (await ask("/get_server_info"));
    const path = word(property(info, "model_path"));
    if (path === null || property(info, "total_slots") !== undefined) return null;
    return {
      version: word(property(info, "version")),
      contextSize: count(property(info, "context_length")),
      slots: count(property(info, "max_running_requests")),
    };
  },
  raw: COUNTED,
  hidden: COUNTED,
  chat: chat((tokens) => ({ custom_params: { thinking_budget: tokens } })),
  parallel: 4,
  tokenizer: TOKENIZE,
};
