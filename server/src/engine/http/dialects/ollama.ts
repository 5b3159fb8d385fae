import { chatml } from "../../../prompt/prompt.js";
import { count, type Dialect, type Piece, property, type Wire, word } from "../dialect.js";
import { chooseModel } from "../models.js";
import { chat } from "./chat.js";

/** Ollama's own generation without its template: only there can the context be set, which is about 4,096 otherwise. */
const GENERATE: Wire = {
  kind: "raw",
  frames: "lines",
  url: ({ root }) => `${root}/api/generate`,
  body: ({ model, prompt, maxTokens, sampling, seed, contextSize }) => ({
    model,
    prompt: chatml(prompt),
    raw: true,
    stream: true,
    options: {
      ...(contextSize === null ? {} : { num_ctx: contextSize }),
      num_predict: maxTokens,
      temperature: sampling.temperature,
      top_p: sampling.topP,
      top_k: 0,
      min_p: 0,
      // Its default of 1.1 would punish what mathematics repeats.
      repeat_penalty: 1,
      seed,
    },
  }),
  read,
};

function read(value: object): Piece | null {
  const text = property(value, "response");
  if (typeof text !== "string") return null;
  // Newer versions keep the thought of models that they know to think apart, also of a raw prompt.
  const thought = word(property(value, "thinking")) ?? undefined;
  if (property(value, "done") !== true) return { text, thought };
  const generated = count(property(value, "eval_count"));
  return {
    text,
    thought,
    end: word(property(value, "done_reason")) ?? "stop",
    ...(generated === null
      ? {}
      : {
          tokens: generated,
          usage: { evaluated: count(property(value, "prompt_eval_count")) ?? 0, reused: 0, generated },
        }),
  };
}

/** Ollama: `ollama serve`. */
export const OLLAMA: Dialect = {
  id: "ollama",
  name: "Ollama",
  owners: ["library"],
  async about(ask, models, wanted) {
    const version = word(property(await ask("/api/version"), "version"));
    if (version === null) return null;
    const model = wanted ?? chooseModel(models, null)?.id;
    const info = model === undefined ? null : property(await ask("/api/show", { model }), "model_info");
    const [, size] = Object.entries(info ?? {}).find(([name]) => name.endsWith(".context_length")) ?? [];
    return { version, contextSize: count(size), slots: null };
  },
  raw: GENERATE,
  // What it has under /v1 puts its template around a prompt that has one already.
  hidden: null,
  chat: chat(),
  // OLLAMA_NUM_PARALLEL is not told, and more would wait in its queue without a sign of life.
  parallel: 1,
  tokenizer: null,
};
