import { EngineError } from "../engine.js";
import { errorText, excerpt } from "./words.js";

/** A server that asks to be asked again later: too many requests, or still loading. */
export class TryLater extends EngineError {
  constructor(
    message: string,
    /** Seconds that the server asks to wait; null where it names none. */
    readonly afterSeconds: number | null,
  ) {
    super("endpoint.busy", message);
  }
}

/** Servers' ways to say that prompt and budget don't fit (vLLM, SGLang, llama-server, Ollama, LM Studio, OpenAI). */
const TOO_LONG =
  /context[_ ](?:length|size|window)|maximum model length|max_model_len|context the overflows|longer than the model|prompt is too long/i;

/** Ways to say that there is no such model. */
const NO_MODEL = /\bmodel\b/i;

/** The sentence for an answer that is no success; `body` is its text, `retryAfter` the header of that name. */
export function statusFailure(
  endpoint: string,
  status: number,
  body: string,
  headers: { readonly location?: string | undefined; readonly "retry-after"?: string | undefined } = {},
): EngineError {
  if (status >= 300 && status < 400) return redirected(endpoint, headers.location ?? "");
  const said = excerpt(errorText(body));
  const words = said === "" ? `status ${status}` : `status ${status}: ${said}`;
  if (status === 401 || status === 403) {
    return new EngineError(
      "endpoint.refused",
      `The server at ${endpoint} refuses the request (${words}). Give its key by "QED: Set Server Key" or in the environment variable QED_API_KEY.`,
    );
  }
  if (TOO_LONG.test(said) && status !== 404) return tooLong(endpoint, said);
  if (status === 404 && NO_MODEL.test(said)) {
    return new EngineError(
      "endpoint.model",
      `The server at ${endpoint} has no such model (${words}). Set "qed.model".`,
    );
  }
  if (status === 404 || status === 405) {
    return new EngineError(
      "endpoint.failed",
      `The server at ${endpoint} has no such address (${words}). Check "qed.endpoint".`,
    );
  }
  const after = retryAfter(headers["retry-after"], Date.now());
  if ((status === 429 && !/quota/i.test(said)) || status === 503 || (status >= 500 && after !== null)) {
    return new TryLater(
      `The server at ${endpoint} is busy (${words}${after === null ? "" : `; it asks to wait ${after} seconds`}). Try again later.`,
      after,
    );
  }
  return failed(endpoint, words);
}

/** Seconds to wait by a `Retry-After` header, which is a number of them or a date (RFC 9110); null where it is neither. */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}

function redirected(endpoint: string, location: string): EngineError {
  const to = URL.canParse(location, endpoint) ? new URL(location, endpoint) : null;
  // What else stands in such an address can be a secret of the server's.
  const where = to === null ? "another address" : excerpt(`${to.origin}${to.pathname}`);
  return new EngineError(
    "endpoint.redirect",
    `The server at ${endpoint} sends on to ${where}, and neither document nor key was sent there. Set "qed.endpoint" to that address if you trust it.`,
  );
}

/** The sentence for an error that the server reports, recognised as one of a full context where it is that. */
export function failed(endpoint: string, words: string): EngineError {
  if (TOO_LONG.test(words)) return tooLong(endpoint, words);
  return new EngineError(
    "endpoint.failed",
    `The server at ${endpoint} reports an error (${excerpt(words)}). Look at the server's log, then try again.`,
  );
}

function tooLong(endpoint: string, words: string): EngineError {
  return new EngineError(
    "context.exceeded",
    `The text with its budget is longer than the context of the model at ${endpoint} (${excerpt(words)}). Shorten it, lower "qed.thinkingBudget", or start the server with more context.`,
  );
}

/** The sentence for a text that is known to be too long before it is sent; both in tokens. */
export function tooLongToSend(
  endpoint: string,
  promptTokens: number,
  contextSize: number,
  exact: boolean,
): EngineError {
  return new EngineError(
    "context.exceeded",
    `This statement with its context (${exact ? "" : "about "}${promptTokens} tokens) is longer than the ${contextSize} tokens of the model at ${endpoint}. Shorten it, or start the server with more context.`,
  );
}

/** The sentence for an answer that is not in the protocol. */
export function malformed(endpoint: string, what: string): EngineError {
  return new EngineError(
    "endpoint.malformed",
    `The server at ${endpoint} answers with ${excerpt(what)}, not as an OpenAI-compatible server does. Check "qed.endpoint".`,
  );
}

/** The sentence for a text that was edited, at a server that only takes messages. */
export function chatOnly(endpoint: string): EngineError {
  return new EngineError(
    "engine.chat-only",
    `The server at ${endpoint} only takes chat messages, so a text can't be edited and gone on with there. Use a server with raw text completion, such as vLLM, SGLang, llama-server or Ollama.`,
  );
}
