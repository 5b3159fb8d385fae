import { chatml, type Prompt } from "../../prompt/prompt.js";
import {
  type CompletionEvent,
  type CompletionRequest,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type Sampling,
} from "../engine.js";
import { acceptable, refusedField } from "./accepted-fields.js";
import { type ApiAddress, apiAddress } from "./address.js";
import { chatOnly, tooLongToSend } from "./answer-failures.js";
import { completionEvents } from "./completion-events.js";
import { type Call, type Caller, call, textAt } from "./connection.js";
import type { Ask } from "./dialect.js";
import { findServer, parsed, type Recognised, type Server } from "./identify.js";
import { pause, Retries } from "./retry.js";
import { Slots } from "./slots.js";
import { Calibration } from "./token-counter.js";
import { Transport } from "./transport.js";

/** Which server, and how it is asked. */
export interface HttpEngineOptions {
  /** Base address of the OpenAI-compatible API, with or without `/v1`. */
  readonly endpoint: string;
  /** Name of the model on the server; null takes QED-Nano or the first that the server lists. */
  readonly model: string | null;
  /** The key, or who to ask for it before each request; it is never kept. */
  readonly apiKey: string | null | (() => Promise<string | null>);
  readonly sampling: Sampling;
  /** Most seconds of silence, before the first byte and between two, and of waiting for a busy server. */
  readonly silenceSeconds: number;
  /** Most requests at once; by default as many as the server says, or as its kind can. */
  readonly parallel?: number | null;
  /** Whether `http` may be used to another machine. Default no. */
  readonly allowInsecure?: boolean;
  /** Path of a PEM file of certificates; empty, the default, for none. */
  readonly certificates?: string;
  /** Proxy of the editor; empty, the default, for what the environment says. */
  readonly proxy?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Most tokens of context that a server is asked for which takes that from a request (Ollama). */
  readonly contextSize?: number;
}

/** Context that an estimate leaves free, in tokens. */
const CONTEXT_MARGIN = 64;
/** Most seconds for a tokenizer. */
const TOKENIZER_SECONDS = 5;

/** Completion on a server: raw text with the template applied here, or chat where nothing else is. Connects only when asked. */
export class HttpEngine implements Engine {
  readonly #options: HttpEngineOptions;
  readonly #address: ApiAddress;
  readonly #transport: Transport;
  readonly #dispose = new AbortController();
  readonly #slots = new Slots();
  readonly #calibration = new Calibration();
  /** Fields of a request that this server has refused. */
  readonly #refused = new Set<string>();
  #recognised: Recognised | null = null;
  #server: Server | null = null;

  /** Throws `endpoint.invalid`. */
  constructor(options: HttpEngineOptions) {
    this.#address = apiAddress(options.endpoint, options.allowInsecure ?? false);
    this.#options = options;
    const { certificates = "", proxy = "", env = process.env } = options;
    this.#transport = new Transport({ certificates, proxy, env });
  }

  /** Asks each time: a server can be started again with another model. */
  async capabilities(signal: AbortSignal): Promise<EngineCapabilities> {
    const server = await this.find(signal);
    return {
      engine: "http",
      model: server.model,
      device: this.#address.shown,
      contextSize: server.contextSize,
      rehearsal: null,
      sampling: this.#options.sampling,
      edits: server.wire.kind === "raw",
      parallel: this.#slots.limit,
    };
  }

  /** What answers at the address now. Throws an {@link EngineError}, or the signal's reason. */
  async find(signal: AbortSignal): Promise<Server> {
    const { model: wanted, silenceSeconds: seconds, parallel } = this.#options;
    const both = AbortSignal.any([signal, this.#dispose.signal]);
    const retries = new Retries(seconds);
    for (;;) {
      try {
        const caller = await this.#caller();
        const finding = { caller, address: this.#address, wanted, seconds, signal: both };
        const { server, recognised } = await findServer(finding, this.#recognised);
        this.#recognised = recognised;
        this.#server = this.#withContext(server);
        const most = parallel ?? server.slots ?? server.dialect.parallel;
        this.#slots.limit = Math.max(1, Math.min(most, server.slots ?? most));
        return this.#server;
      } catch (error) {
        await pause(retries.wait(error), both);
      }
    }
  }

  async *complete(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, void> {
    signal.throwIfAborted();
    const server = this.#server ?? (await this.find(signal));
    if (server.wire.kind === "chat" && isEdited(request.prompt)) throw chatOnly(this.#address.shown);
    const both = AbortSignal.any([signal, this.#dispose.signal]);
    const slot = this.#slots.take(request.lane, both);
    try {
      if (slot.waits) yield { type: "queued" };
      await slot.ready;
      yield* this.#ask(server, request, both);
    } finally {
      slot.release();
    }
  }

  async dispose(): Promise<void> {
    this.#dispose.abort(new EngineError("stream.cut", "The connection was closed. Try again."));
  }

  async *#ask(
    server: Server,
    request: CompletionRequest,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const caller = await this.#caller();
    const text = server.wire.kind === "raw" ? chatml(request.prompt) : request.prompt.message;
    const prompt = await this.#measure(server, caller, text, request.maxTokens, signal);
    yield { type: "reading", evaluated: 0, total: prompt.tokens };
    const maxTokens = Math.min(request.maxTokens, prompt.room);
    const ask: Ask = {
      model: server.model,
      prompt: request.prompt,
      maxTokens,
      sampling: request.sampling,
      seed: request.seed,
      contextSize: server.contextSize,
      thoughtTokens: request.thoughtTokens ?? null,
    };
    const { wire } = server;
    const asked = {
      ...caller,
      wire,
      maxTokens,
      promptCharacters: text.length,
      calibration: this.#calibration,
    };
    const retries = new Retries(this.#options.silenceSeconds);
    for (let streamed = false; ; ) {
      const body = acceptable(wire.body(ask), this.#refused);
      try {
        for await (const event of call(caller, this.#call(wire.url(this.#address), signal, body), (answer) =>
          completionEvents(answer.body, asked, answer.onEnd),
        )) {
          streamed ||= event.type === "text";
          // One chunk can hold many events: none of them counts after a cancel.
          signal.throwIfAborted();
          yield event;
        }
        return;
      } catch (error) {
        if (signal.aborted || streamed) throw error;
        const field = server.dialect.id === "openai" ? refusedField(error, body) : null;
        if (field !== null) {
          this.#refused.add(field);
          continue;
        }
        const seconds = retries.wait(error);
        yield { type: "queued" };
        await pause(seconds, signal);
      }
    }
  }

  #call(url: string, signal: AbortSignal, body: unknown): Call {
    return { url, body, seconds: this.#options.silenceSeconds, signal };
  }

  async #caller(): Promise<Caller> {
    const { apiKey } = this.#options;
    const key = typeof apiKey === "function" ? await apiKey() : apiKey;
    return { transport: this.#transport, endpoint: this.#address.shown, key: key?.trim() || null };
  }

  /** Tokens of the text that is to be sent, and how many may follow it. Throws `context.exceeded` where none may. */
  async #measure(
    { contextSize, tokenizer, model }: Server,
    caller: Caller,
    text: string,
    maxTokens: number,
    signal: AbortSignal,
  ): Promise<{ readonly tokens: number; readonly room: number }> {
    const estimate = this.#calibration.promptTokens(text.length);
    if (contextSize === null) return { tokens: estimate, room: maxTokens };
    const room = contextSize - estimate - CONTEXT_MARGIN;
    if (room >= maxTokens) return { tokens: estimate, room };
    let exact: number | null = null;
    if (tokenizer !== null) {
      const url = `${this.#address.root}${tokenizer.path}`;
      const body = tokenizer.body(model, text);
      const answer = textAt(caller, { url, body, seconds: TOKENIZER_SECONDS, signal }).catch(() => "");
      exact = tokenizer.count(parsed(await answer));
      signal.throwIfAborted();
    }
    if (exact !== null) this.#calibration.learnPrompt(text.length, exact);
    const left = exact === null ? room : contextSize - exact - 1;
    if (left < 1) throw tooLongToSend(this.#address.shown, exact ?? estimate, contextSize, exact !== null);
    return { tokens: exact ?? estimate, room: left };
  }

  /** Ollama makes the context as large as it is asked to: no larger than the settings want it. */
  #withContext(server: Server): Server {
    const { contextSize: most } = this.#options;
    if (server.dialect.id !== "ollama" || server.wire.kind !== "raw" || most === undefined) return server;
    return { ...server, contextSize: Math.min(most, server.contextSize ?? most) };
  }
}

/** Whether a prompt is more than a message that nobody has begun to answer. */
function isEdited({ thought, answer }: Prompt): boolean {
  return thought !== "" || answer !== null;
}
