import type { Dialect } from "../dialect.js";
import { chat } from "./chat.js";
import { completions } from "./completions.js";

/** Any other server with OpenAI's interface, found by what it can: raw completion is tried, chat is what remains. */
export const OPENAI: Dialect = {
  id: "openai",
  name: "a server with OpenAI's interface",
  owners: [],
  about: async () => null,
  raw: completions(),
  hidden: completions(),
  chat: chat(),
  parallel: 4,
  tokenizer: null,
};
