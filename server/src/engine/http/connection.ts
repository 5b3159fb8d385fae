import { EngineError } from "../engine.js";
import { statusFailure, type TryLater } from "./answer-failures.js";
import { cut, silent, unanswered, unconnected, unreachable } from "./connection-failures.js";
import { textOf } from "./frames.js";
import { Patience } from "./patience.js";
import { withoutKey } from "./text-filter.js";
import type { HttpAnswer, Transport } from "./transport.js";

/** Most seconds for a connection to come about. */
const CONNECT_SECONDS = 15;
/** Seconds for the account of tokens after the end of a text: the text is whole without it. */
const REST_SECONDS = 2;
/** How much of an error's body is read, in bytes. */
const ERROR_BYTES = 65_536;

/** One request to the server. */
export interface Call {
  readonly url: string;
  /** Sent as JSON by POST; a GET where there is none. */
  readonly body?: unknown;
  /** Seconds for the connection, for the first byte and for each pause after it. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** What a request needs beside itself. */
export interface Caller {
  readonly transport: Transport;
  /** As the user has set it, for messages. */
  readonly endpoint: string;
  readonly key: string | null;
}

/** The answer to a request, while it comes. */
export interface Answer {
  readonly body: AsyncIterable<Uint8Array>;
  /** Tells that the text is whole: what still comes is waited for only shortly. */
  onEnd(): void;
}

/**
 * Sends one request and hands its answer on, if its status is one of success. Every failure is an {@link EngineError}
 * with one sentence, a {@link TryLater} for a busy server, or the signal's reason. The connection is closed when `read`
 * has ended, which is what tells a server to stop.
 */
export async function* call<T>(
  { transport, endpoint, key }: Caller,
  { url, body, seconds, signal }: Call,
  read: (answer: Answer) => AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  const abort = new AbortController();
  const both = AbortSignal.any([signal, abort.signal]);
  const patience = new Patience((phase, waited) => {
    const tell = { connection: unconnected, answer: unanswered, more: silent, rest: silent }[phase];
    abort.abort(tell(endpoint, waited));
  });
  let answering = false;
  try {
    patience.for("connection", Math.min(seconds, CONNECT_SECONDS));
    const answer = await transport.send({
      method: body === undefined ? "GET" : "POST",
      url,
      headers: headersOf(key, endpoint, body !== undefined),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: both,
      onConnected: () => patience.for("answer", seconds),
    });
    const bytes = patience.watch(answer.body, seconds);
    if (answer.status < 200 || answer.status > 299) throw await refusal(endpoint, key, answer, bytes);
    answering = true;
    yield* read({ body: bytes, onEnd: () => patience.for("rest", REST_SECONDS) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (abort.signal.aborted) throw abort.signal.reason;
    if (error instanceof EngineError) throw error;
    throw answering ? cut(endpoint, error) : unreachable(endpoint, error);
  } finally {
    patience.stop();
    abort.abort();
  }
}

/** The whole text of an answer. Throws as {@link call}. */
export async function textAt(caller: Caller, request: Call): Promise<string> {
  let text = "";
  for await (const part of call(caller, request, ({ body }) => once(textOf(body)))) text += part;
  return text;
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T, void, void> {
  yield await value;
}

async function refusal(
  endpoint: string,
  key: string | null,
  { status, headers }: HttpAnswer,
  body: AsyncIterable<Uint8Array>,
): Promise<EngineError> {
  // A body that breaks off tells enough by its status.
  const text = withoutKey(await textOf(body, ERROR_BYTES).catch(() => ""), key);
  const location = headers.location === undefined ? undefined : withoutKey(headers.location, key);
  return statusFailure(endpoint, status, text, { location, "retry-after": headers["retry-after"] });
}

function headersOf(key: string | null, endpoint: string, posts: boolean): Readonly<Record<string, string>> {
  if (key !== null && !/^[\x20-\x7e]+$/.test(key)) {
    throw new EngineError(
      "endpoint.refused",
      `The key for ${endpoint} has a character that no key has. Set it again by "QED: Set Server Key" or in the environment variable QED_API_KEY.`,
    );
  }
  return {
    accept: posts ? "text/event-stream, application/x-ndjson, application/json" : "application/json",
    ...(posts ? { "content-type": "application/json" } : {}),
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
}
