import { chatml } from "../../prompt/prompt.js";
import {
  type CompletionEnd,
  type CompletionEvent,
  type CompletionRequest,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type Sampling,
  type Usage,
} from "../engine.js";
import { type CompletionChunk, choiceOf, endOf, isJson, usageOf } from "./chunk.js";
import {
  cut,
  errorIn,
  errorMessage,
  excerpt,
  failed,
  invalidEndpoint,
  malformed,
  silent,
  statusFailure,
  unreachable,
} from "./failures.js";
import { type ListedModel, modelsIn } from "./models.js";
import { isEventStream, sseData } from "./sse.js";
import { Watchdog } from "./watchdog.js";

/** Which server, and how it is asked. */
export interface HttpEngineOptions {
  /** Base address of the OpenAI-compatible API, with or without `/v1`. */
  readonly endpoint: string;
  /** Name of the model on the server; null takes the first that the server lists. */
  readonly model: string | null;
  readonly apiKey: string | null;
  readonly sampling: Sampling;
  /** Most seconds of silence, before the first byte and between two. */
  readonly silenceSeconds: number;
}

/** A low count of characters a token in mathematical text: for estimates that must not be too small. */
const CHARACTERS_A_TOKEN = 2.5;
/** A list of models needs no computing: most seconds for it. */
const LIST_SECONDS = 15;
/** Context that an estimate leaves free, in tokens. */
const CONTEXT_MARGIN = 64;

/** Shorter keys are words that a message may hold for other reasons. */
const LEAST_KEY = 8;

/** Raw text completion on any OpenAI-compatible server: the template is applied here. Connects only when asked. */
export class HttpEngine implements Engine {
  readonly #options: HttpEngineOptions;
  readonly #base: string;
  readonly #dispose = new AbortController();
  #capabilities: EngineCapabilities | null = null;

  /** Throws `endpoint.invalid`. */
  constructor(options: HttpEngineOptions) {
    this.#base = apiBase(options.endpoint);
    this.#options = options;
  }

  /** Asks each time: a server can be started again with another model. */
  async capabilities(signal: AbortSignal): Promise<EngineCapabilities> {
    this.#capabilities = await this.#ask(signal);
    return this.#capabilities;
  }

  async *complete(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, void> {
    signal.throwIfAborted();
    const { model, contextSize } = this.#capabilities ?? (await this.capabilities(signal));
    const { endpoint } = this.#options;
    const prompt = chatml(request.prompt);
    const estimate = Math.ceil(prompt.length / CHARACTERS_A_TOKEN);
    const room = contextSize === null ? request.maxTokens : contextSize - estimate - CONTEXT_MARGIN;
    if (room < 1) {
      throw new EngineError(
        "context.exceeded",
        `This statement with its context (about ${estimate} tokens) is longer than the ${contextSize} tokens of the model at ${endpoint}. Shorten it, or start the server with more context.`,
      );
    }
    yield { type: "reading", evaluated: 0, total: estimate };
    const body = {
      model,
      prompt,
      max_tokens: Math.min(request.maxTokens, room),
      temperature: request.sampling.temperature,
      top_p: request.sampling.topP,
      seed: request.seed,
      stream: true,
      stream_options: { include_usage: true },
    };
    const abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal, this.#dispose.signal]);
    const watchdog = new Watchdog(this.#options.silenceSeconds, () =>
      abort.abort(silent(endpoint, this.#options.silenceSeconds)),
    );
    let streaming = false;
    try {
      const response = await this.#fetch("completions", both, body);
      streaming = true;
      for await (const event of this.#events(response, watchdog)) {
        // One chunk can hold many events: none of them counts after a cancel.
        signal.throwIfAborted();
        yield event;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (both.aborted) throw both.reason;
      if (error instanceof EngineError) throw error;
      throw streaming ? cut(endpoint, error) : unreachable(endpoint, error);
    } finally {
      watchdog.stop();
      // Closing the socket is what tells the server to stop.
      abort.abort();
    }
  }

  async dispose(): Promise<void> {
    this.#dispose.abort(new EngineError("stream.cut", "The connection was closed. Try again."));
  }

  async *#events(response: Response, watchdog: Watchdog): AsyncGenerator<CompletionEvent, void, void> {
    const { endpoint } = this.#options;
    const type = response.headers.get("content-type") ?? "";
    if (!response.body) throw malformed(endpoint, "an empty body");
    // By its first bytes, not by its declared type alone: errors come as JSON under any type.
    const { stream, bytes } = await isEventStream(watchdog.watch(response.body));
    if (!stream) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      yield* this.#whole(Buffer.concat(chunks).toString("utf8"), type);
      return;
    }
    let tokens = 0;
    let reason: CompletionEnd | null = null;
    let usage: Usage | null = null;
    try {
      for await (const { data, whole } of sseData(bytes)) {
        if (data.trim() === "[DONE]") {
          // Some servers leave the finish reason out.
          reason ??= "end";
          break;
        }
        if (!whole && !isJson(data)) break;
        const chunk = this.#parse(data, "an event that is no JSON");
        usage = usageOf(chunk) ?? usage;
        const choice = choiceOf(chunk, endpoint);
        if (choice?.text) {
          tokens++;
          yield { type: "text", text: choice.text, tokens };
        }
        if (choice?.finish_reason) reason = endOf(choice.finish_reason, endpoint);
      }
    } catch (error) {
      // With its finish reason the text is whole, however the connection ends.
      if (reason === null || error instanceof EngineError) throw error;
    }
    if (reason === null) throw cut(endpoint, new Error("the stream ended without a finish reason"));
    yield { type: "end", reason, usage: usage ?? { evaluated: 0, reused: 0, generated: tokens } };
  }

  /** An answer that is not streamed: an error with status 200, or a server that ignores `stream`. */
  *#whole(text: string, type: string): Generator<CompletionEvent, void, void> {
    const { endpoint } = this.#options;
    const chunk = this.#parse(text, /html/i.test(type) ? "a web page" : `"${excerpt(this.#withoutKey(text))}"`);
    const choice = choiceOf(chunk, endpoint);
    if (typeof choice?.text !== "string") throw malformed(endpoint, "no completion");
    const usage = usageOf(chunk) ?? {
      evaluated: 0,
      reused: 0,
      generated: Math.ceil(choice.text.length / CHARACTERS_A_TOKEN),
    };
    yield { type: "text", text: choice.text, tokens: usage.generated };
    yield { type: "end", reason: endOf(choice.finish_reason ?? "stop", endpoint), usage };
  }

  #parse(text: string, otherwise: string): CompletionChunk {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw malformed(this.#options.endpoint, otherwise);
    }
    const error = errorIn(value);
    if (error !== null) throw failed(this.#options.endpoint, this.#withoutKey(error));
    if (typeof value !== "object" || value === null) throw malformed(this.#options.endpoint, otherwise);
    return value as CompletionChunk;
  }

  /** Name and context of the model, from `/models`; a server without that list is asked by the configured name. */
  async #ask(signal: AbortSignal): Promise<EngineCapabilities> {
    const { endpoint, model, sampling, silenceSeconds } = this.#options;
    const seconds = Math.min(silenceSeconds, LIST_SECONDS);
    const timeout = AbortSignal.timeout(seconds * 1000);
    const listed: ListedModel[] = [];
    try {
      const response = await this.#fetch("models", AbortSignal.any([signal, timeout, this.#dispose.signal]));
      listed.push(...modelsIn(await response.text()));
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw silent(endpoint, seconds);
      if (!(error instanceof EngineError)) throw unreachable(endpoint, error);
      // Some servers have completions but no list of models.
      if (error.code === "endpoint.refused" || error.code === "endpoint.invalid") throw error;
    }
    const chosen = model === null ? listed[0] : listed.find(({ id }) => id === model);
    return {
      engine: "http",
      model: model ?? chosen?.id ?? "default",
      device: endpoint,
      contextSize: chosen?.contextSize ?? null,
      rehearsal: null,
      sampling,
      edits: true,
      parallel: 4,
    };
  }

  async #fetch(path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const { endpoint, apiKey } = this.#options;
    const headers: Record<string, string> = { accept: body === undefined ? "application/json" : "text/event-stream" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (apiKey !== null) headers.authorization = `Bearer ${apiKey}`;
    const response = await fetch(`${this.#base}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers,
      // A redirect would carry document and key to a host that nobody chose.
      redirect: "manual",
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    const text = this.#withoutKey(await response.text().catch(() => ""));
    throw statusFailure(endpoint, response.status, errorMessage(text) ?? text, response.headers.get("location"));
  }

  /** Servers repeat a key that they refuse; it must not reach a message, since messages are kept. */
  #withoutKey(text: string): string {
    const { apiKey } = this.#options;
    return apiKey !== null && apiKey.length >= LEAST_KEY ? text.replaceAll(apiKey, "…") : text;
  }
}

/**
 * The address of the API: `/v1` is added where the path is empty, and the path of a completion is taken off. Throws
 * `endpoint.invalid`, also for an address with a password: those end up in logs.
 */
export function apiBase(endpoint: string): string {
  if (!URL.canParse(endpoint)) throw invalidEndpoint(endpoint);
  const { protocol, username, password, origin, pathname } = new URL(endpoint);
  if (protocol !== "http:" && protocol !== "https:") throw invalidEndpoint(endpoint);
  if (username !== "" || password !== "") {
    throw new EngineError(
      "endpoint.invalid",
      'The address in "qed.endpoint" carries a name or password. Take it out and set the environment variable QED_API_KEY instead.',
    );
  }
  const path = pathname.replace(/\/+$/, "").replace(/\/(?:chat\/)?completions$/, "");
  return `${origin}${path === "" ? "/v1" : path}`;
}
