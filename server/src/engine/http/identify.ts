import { EngineError } from "../engine.js";
import type { ApiAddress } from "./address.js";
import { malformed } from "./answer-failures.js";
import { type Caller, textAt } from "./connection.js";
import { type Asker, type Dialect, property, type ServerFacts, type Tokenizer, type Wire } from "./dialect.js";
import { LLAMA_SERVER } from "./dialects/llama-server.js";
import { LM_STUDIO } from "./dialects/lm-studio.js";
import { OLLAMA } from "./dialects/ollama.js";
import { OPENAI } from "./dialects/openai.js";
import { SGLANG } from "./dialects/sglang.js";
import { VLLM } from "./dialects/vllm.js";
import { chooseModel, type ListedModel, modelsIn } from "./models.js";
import { errorIn, isPage } from "./words.js";

/** In the order in which their signs are believed, should a server show several. */
const DIALECTS: readonly Dialect[] = [LLAMA_SERVER, SGLANG, OLLAMA, LM_STUDIO, VLLM];

/** A list of models needs no computing: most seconds for it. */
const LIST_SECONDS = 15;
/** Most seconds for a question that may have no answer. */
const PROBE_SECONDS = 3;
/** How long a server is believed to be what it was found to be, in milliseconds. */
const EXPIRY_MS = 600_000;

/** What kind of server answers at an address, and how it is asked for text. */
export interface Recognised {
  readonly dialect: Dialect;
  /** Whether it has shown itself at its own interface, which a gateway may hide. */
  readonly direct: boolean;
  /** `owned_by` of its list of models: another one means another server. */
  readonly owner: string | null;
  readonly wire: Wire;
  /** Of `performance.now()`, in milliseconds. */
  readonly expires: number;
}

/** A server as it was found. */
export interface Server {
  readonly dialect: Dialect;
  readonly direct: boolean;
  readonly version: string | null;
  /** The model that is asked; `default` where neither settings nor list name one. */
  readonly model: string;
  /** Whether the list of models has it; null where there is no list. */
  readonly listed: boolean | null;
  /** Tokens, or null where the server does not say. */
  readonly contextSize: number | null;
  readonly slots: number | null;
  readonly wire: Wire;
  readonly tokenizer: Tokenizer | null;
}

/** How a server is found. */
export interface Finding {
  readonly caller: Caller;
  readonly address: ApiAddress;
  /** The model that the settings name, or null. */
  readonly wanted: string | null;
  /** Seconds of silence that are waited for at most. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Asks a server what it is, which model and how much context it has: its list of models and its own interface, and
 * where it can't be told, whether it has raw completion. Throws an {@link EngineError} where it is not there, refuses or
 * sends elsewhere, or the signal's reason.
 * @param known what the server was found to be before; asked anew when that has expired or no longer fits
 */
export async function findServer(
  finding: Finding,
  known: Recognised | null,
): Promise<{ readonly server: Server; readonly recognised: Recognised | null }> {
  const models = await listModels(finding);
  const owner = models?.[0]?.owner ?? null;
  const list = models ?? [];
  const believed = known !== null && known.owner === owner && performance.now() < known.expires ? known : null;
  const about = (dialect: Dialect) => dialect.about(asker(finding), list, finding.wanted);
  let facts: ServerFacts | null = believed?.direct ? await about(believed.dialect) : null;
  let recognised: Recognised | null = believed?.direct && facts === null ? null : believed;
  if (recognised === null) {
    const found = await recognise(about, owner);
    facts = found.facts;
    const wire = await wireOf(finding, found, chooseModel(list, finding.wanted)?.id);
    const expires = performance.now() + (wire === null ? 0 : EXPIRY_MS);
    // Where nobody can say yet, raw completion is tried, and asked for again the next time.
    recognised = { ...found, owner, wire: wire ?? found.dialect.hidden ?? found.dialect.chat, expires };
  }
  const { dialect, direct, wire } = recognised;
  const chosen = chooseModel(list, finding.wanted);
  const server: Server = {
    dialect,
    direct,
    version: facts?.version ?? null,
    model: finding.wanted ?? chosen?.id ?? "default",
    listed: models === null ? null : chosen !== undefined,
    contextSize: facts?.contextSize ?? chosen?.contextSize ?? null,
    slots: facts?.slots ?? null,
    wire,
    tokenizer: direct && wire.kind === "raw" ? dialect.tokenizer : null,
  };
  return { server, recognised };
}

/** The models that a server lists; null for one without such a list. */
async function listModels({ caller, address, seconds, signal }: Finding): Promise<readonly ListedModel[] | null> {
  try {
    const url = `${address.base}/models`;
    return modelsIn(await textAt(caller, { url, seconds: Math.min(seconds, LIST_SECONDS), signal }));
  } catch (error) {
    signal.throwIfAborted();
    // Some servers have completions but no list of models.
    const without = error instanceof EngineError && /^endpoint\.(?:failed|model|malformed)$/.test(error.code);
    if (!without) throw error;
    return null;
  }
}

async function recognise(
  about: (dialect: Dialect) => Promise<ServerFacts | null>,
  owner: string | null,
): Promise<{ readonly dialect: Dialect; readonly direct: boolean; readonly facts: ServerFacts | null }> {
  const named = DIALECTS.find(({ owners }) => owner !== null && owners.includes(owner));
  const candidates = named ? [named] : DIALECTS;
  const answers = await Promise.all(candidates.map(about));
  const at = answers.findIndex((facts) => facts !== null);
  const dialect = candidates[at];
  if (dialect) return { dialect, direct: true, facts: answers[at] ?? null };
  return { dialect: named ?? OPENAI, direct: false, facts: null };
}

/** How a server is asked for text; null where only a completion itself can tell. */
async function wireOf(
  finding: Finding,
  { dialect, direct }: { readonly dialect: Dialect; readonly direct: boolean },
  model = "default",
): Promise<Wire | null> {
  if (direct) return dialect.raw;
  if (dialect.hidden === null) return dialect.chat;
  const raw = await hasRaw(finding, dialect.hidden, model);
  return raw === null ? null : raw ? dialect.hidden : dialect.chat;
}

/** Whether a server has raw completion, by asking for one token; null where its answer does not tell. */
async function hasRaw(
  { caller, address, seconds, signal }: Finding,
  wire: Wire,
  model: string,
): Promise<boolean | null> {
  const body = { model, prompt: "1", max_tokens: 1, stream: false };
  let text: string;
  try {
    text = await textAt(caller, { url: wire.url(address), body, seconds: Math.min(seconds, LIST_SECONDS), signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineError)) throw error;
    if (error.code === "endpoint.refused" || error.code === "endpoint.redirect") throw error;
    const words = error.message.replaceAll(caller.endpoint, "");
    // OpenAI says of models without it that they are no models for this address.
    if (error.code === "endpoint.model") return /\bchat\b/i.test(words) ? false : null;
    const without = /\bchat\b|not (?:supported|found|allowed|implemented)|no such address/i.test(words);
    return without && error.code === "endpoint.failed" ? false : null;
  }
  const value = parsed(text);
  if (value === null && isPage(text)) throw malformed(caller.endpoint, "a web page");
  const choices = property(value, "choices");
  if (Array.isArray(choices)) return typeof property(choices[0], "text") === "string";
  return errorIn(value) === null ? null : false;
}

/** Asks below the server's root; every failure but an abort is no answer. */
function asker({ caller, address, seconds, signal }: Finding): Asker {
  return async (path, body) => {
    const url = `${address.root}${path}`;
    try {
      const within = { seconds: Math.min(seconds, PROBE_SECONDS), signal };
      const value = parsed(await textAt(caller, body === undefined ? { url, ...within } : { url, body, ...within }));
      return errorIn(value) === null ? value : null;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  };
}

/** The value of a JSON text, or null. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
