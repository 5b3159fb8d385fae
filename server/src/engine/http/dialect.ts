import type { Prompt } from "../../prompt/prompt.js";
import type { Sampling, Usage } from "../engine.js";
import type { ApiAddress } from "./address.js";
import type { ListedModel } from "./models.js";

/** The servers that are told apart; `openai` is any other. */
type DialectId = "vllm" | "sglang" | "llama-server" | "ollama" | "lm-studio" | "openai";

/** One text that is asked for. */
export interface Ask {
  /** Name of the model on the server. */
  readonly model: string;
  readonly prompt: Prompt;
  /** Most tokens to write. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly seed: number;
  /** Tokens of thought after which a chat is to close it, where its server can; null for no such wish. */
  readonly thoughtTokens: number | null;
  /** Tokens of context that the server is to keep, where it takes that from a request; null where it is not known. */
  readonly contextSize: number | null;
}

/** What one part of a streamed answer tells. */
export interface Piece {
  /** Of a thought that the server keeps apart from the rest. */
  readonly thought?: string | undefined;
  /** Of everything else. */
  readonly text?: string | undefined;
  /** Tokens written so far, where the server counts them; this part included. */
  readonly tokens?: number | undefined;
  readonly usage?: Usage | undefined;
  /** Why the text has ended, in the server's word. */
  readonly end?: string | undefined;
  /** How far the server has read the prompt, in tokens. */
  readonly reading?: { readonly evaluated: number; readonly total: number } | undefined;
}

/** One way to ask a server for text, and to read what it streams. */
export interface Wire {
  /** `raw` goes on with a text as it stands; `chat` answers a message by the server's own template. */
  readonly kind: "raw" | "chat";
  /** Server-sent events, or a JSON value a line. */
  readonly frames: "sse" | "lines";
  url(address: ApiAddress): string;
  /** The body: only fields that this server knows, since others are ignored without a word or refused. */
  body(ask: Ask): Readonly<Record<string, unknown>>;
  /** Reads one event, a whole answer that was not streamed included. Null where it is no answer of this kind. */
  read(value: object): Piece | null;
}

/** Counts the tokens of a raw text on the server. */
export interface Tokenizer {
  readonly path: string;
  body(model: string, text: string): Readonly<Record<string, unknown>>;
  /** Number of tokens in an answer; null where it is none. */
  count(value: unknown): number | null;
}

/** What a server tells of itself beside its list of models. */
export interface ServerFacts {
  readonly version: string | null;
  /** Tokens of context a text; null where only the list of models may tell. */
  readonly contextSize: number | null;
  /** How many texts it writes at once; null where it does not say. */
  readonly slots: number | null;
}

/**
 * Asks one address below the server's root: the parsed answer, or null where there is none that is JSON and no error
 * (LM Studio answers every unknown address with status 200).
 */
export type Asker = (path: string, body?: unknown) => Promise<unknown>;

/** One kind of server. */
export interface Dialect {
  readonly id: DialectId;
  /** As its makers write it. */
  readonly name: string;
  /** What it writes as `owned_by` in its list of models. */
  readonly owners: readonly string[];
  /**
   * What a server of this kind tells of itself; null where nothing shows that it is one.
   * @param wanted the model that the settings name, or null
   */
  about(ask: Asker, models: readonly ListedModel[], wanted: string | null): Promise<ServerFacts | null>;
  /** Raw completion by its own interface, for a server that has shown itself there. */
  readonly raw: Wire;
  /** Raw completion where a gateway hides that interface and only its list of models shows what it is; null for none. */
  readonly hidden: Wire | null;
  /** Chat, for where a gateway lets nothing else through. */
  readonly chat: Wire;
  /** Texts at once where neither server nor settings say. */
  readonly parallel: number;
  /** Null where it has none. */
  readonly tokenizer: Tokenizer | null;
}

/** A property of a JSON value; undefined where it is no object or has none. */
export function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** A whole number above 0 in a JSON value, or null. */
export function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** A text in a JSON value that is not empty, or null. */
export function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
