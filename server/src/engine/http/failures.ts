import { EngineError } from "../engine.js";

/** How much of a server's own words is shown, in characters. */
const SHOWN = 200;

/** A server's words on one line, cut and without control characters: they are data of a stranger. */
export function excerpt(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** The sentence for a request that found nobody. */
export function unreachable(endpoint: string, error: unknown): EngineError {
  if (isClientTimeout(error)) return silent(endpoint, CLIENT_TIMEOUT_SECONDS);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { readonly code?: unknown } | null)?.code;
  const why = typeof code === "string" ? (REASONS[code] ?? code) : excerpt(String((cause as Error)?.message ?? cause));
  return new EngineError(
    "endpoint.unreachable",
    `No server answers at ${endpoint} (${why}). Start it, or correct "qed.endpoint".`,
    { cause: error },
  );
}

/** Node's own fetch waits no longer for a first or a next byte, whatever the settings say. */
const CLIENT_TIMEOUT_SECONDS = 300;

function isClientTimeout(error: unknown): boolean {
  const { code } = ((error as Error | null)?.cause ?? error ?? {}) as { readonly code?: unknown };
  return code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT";
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "time-out",
  ECONNRESET: "connection reset",
  UND_ERR_SOCKET: "connection closed",
  UND_ERR_CONNECT_TIMEOUT: "time-out",
};

/** The sentence for an answer that is no success. */
export function statusFailure(endpoint: string, status: number, body: string, location: string | null): EngineError {
  const said = excerpt(errorMessage(body) ?? pageTitle(body) ?? body);
  const words = said === "" ? `status ${status}` : `status ${status}: ${said}`;
  if (status >= 300 && status < 400) {
    return new EngineError(
      "endpoint.failed",
      `The server at ${endpoint} sends on to ${excerpt(location ?? "another address")}. Set "qed.endpoint" to that address if you trust it.`,
    );
  }
  if (status === 401 || status === 403) {
    return new EngineError(
      "endpoint.refused",
      `The server at ${endpoint} refuses the request (${words}). Set the environment variable QED_API_KEY to its key.`,
    );
  }
  if (status === 404) {
    return new EngineError(
      "endpoint.failed",
      `The server at ${endpoint} has no such model or no raw text completion (${words}). Check "qed.endpoint" and "qed.model".`,
    );
  }
  return failed(endpoint, words);
}

/** The title of a web page, empty where it has none; null if the text is no web page: its code tells a person nothing. */
function pageTitle(body: string): string | null {
  if (!/^\s*<(?:!doctype|html|head|body)\b/i.test(body)) return null;
  return /<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "";
}

/** The sentence for an error that the server reports. */
export function failed(endpoint: string, words: string): EngineError {
  return new EngineError(
    "endpoint.failed",
    `The server at ${endpoint} reports an error (${excerpt(words)}). Look at the server's log, then try again.`,
  );
}

/** The sentence for an answer that is not in the protocol. */
export function malformed(endpoint: string, what: string): EngineError {
  return new EngineError(
    "endpoint.malformed",
    `The server at ${endpoint} answers with ${excerpt(what)}, not as an OpenAI-compatible server does. Check "qed.endpoint".`,
  );
}

/** The sentence for a stream that broke off. */
export function cut(endpoint: string, cause: unknown): EngineError {
  if (isClientTimeout(cause)) return silent(endpoint, CLIENT_TIMEOUT_SECONDS);
  return new EngineError(
    "stream.cut",
    `The connection to ${endpoint} broke off in the middle. What was written so far is kept; try again.`,
    { cause },
  );
}

/** The sentence for a server that fell silent; `seconds` is how long it was waited for. */
export function silent(endpoint: string, seconds: number): EngineError {
  return new EngineError(
    "stream.silent",
    `The server at ${endpoint} has sent nothing for ${seconds} seconds. What was written so far is kept; try again, or raise "qed.serverTimeout".`,
  );
}

/** The message of an OpenAI-style error body (`{error: {message}}`, `{error: "…"}`, `{message}`, `{detail}`), or null. */
export function errorMessage(body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  return errorIn(value);
}

/** The message of an error that a parsed answer carries, or null if it carries none. */
export function errorIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { error, object, message, detail } = value as Readonly<Record<string, unknown>>;
  if (typeof error === "string") return error;
  if (typeof error === "object" && error !== null) {
    const inner = (error as { readonly message?: unknown }).message;
    return typeof inner === "string" ? inner : JSON.stringify(error);
  }
  if (object === "error" || !("choices" in value)) {
    if (typeof message === "string") return message;
    if (typeof detail === "string") return detail;
  }
  return null;
}

/** The sentence for an address that is none, or that carries a password. */
export function invalidEndpoint(endpoint: string): EngineError {
  return new EngineError(
    "endpoint.invalid",
    endpoint === ""
      ? 'No server is set. Set "qed.endpoint" to the address of one, such as http://127.0.0.1:8000/v1.'
      : `"${excerpt(endpoint)}" is no address of a server. Set "qed.endpoint" to one such as http://127.0.0.1:8000/v1.`,
  );
}
