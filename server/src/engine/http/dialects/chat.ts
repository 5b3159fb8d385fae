import { type Piece, property, type Wire, word } from "../dialect.js";
import { choiceIn, countsIn, endIn, fieldsOf } from "./completions.js";

/**
 * Chat completion, which every server of this interface has: the message alone, for the server's own template.
 * @param limit the fields by which one kind of server closes a thought after so many tokens
 */
export function chat(limit: (thoughtTokens: number) => Readonly<Record<string, unknown>> = () => ({})): Wire {
  return {
    kind: "chat",
    frames: "sse",
    url: ({ base }) => `${base}/chat/completions`,
    body: (ask) => ({
      ...fieldsOf(ask),
      messages: [{ role: "user", content: ask.prompt.message }],
      ...(ask.thoughtTokens === null ? {} : limit(ask.thoughtTokens)),
    }),
    read: readChat,
  };
}

function readChat(value: object): Piece | null {
  const choice = choiceIn(value);
  // A whole message is what a server sends that does not stream.
  const said = property(choice, "delta") ?? property(choice, "message");
  if (choice !== undefined && said === undefined && property(choice, "text") !== undefined) return null;
  if (choice === undefined && !("usage" in value) && !("choices" in value)) return null;
  // vLLM since November 2025 and Ollama; SGLang, llama-server, LM Studio and vLLM before that. Some send both.
  const thought = word(property(said, "reasoning")) ?? word(property(said, "reasoning_content"));
  const text = word(property(said, "content"));
  return {
    ...countsIn(value),
    ...endIn(choice),
    ...(thought === null ? {} : { thought }),
    ...(text === null ? {} : { text }),
  };
}
