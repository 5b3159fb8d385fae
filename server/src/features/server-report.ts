import { EngineError } from "../engine/engine.js";
import type { HttpEngine } from "../engine/http/http-engine.js";
import type { Server } from "../engine/http/identify.js";
import { type AskKey, serverKey } from "../engine/http/keys.js";
import { openServer } from "../engine/open-engine.js";
import type { Settings } from "../settings.js";

/** What a server is asked with. */
export interface ServerReportOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly askKey?: AskKey | null;
  readonly signal?: AbortSignal;
}

/** Most seconds that a report waits for a server. */
const SECONDS = 20;

/**
 * Rows of the set-up report about the server of the settings: asks it what it is and what it can do, which writes no
 * text there (a server of unknown kind is asked for one token, to see whether it has raw completion).
 */
export async function serverRows(
  settings: Settings,
  { env = process.env, askKey = null, signal = AbortSignal.timeout(SECONDS * 1000) }: ServerReportOptions = {},
): Promise<readonly (readonly [string, string])[]> {
  const key = await serverKey(settings.endpoint, env, askKey);
  const where: [string, string][] = [
    ["Server", withoutSecrets(settings.endpoint) || 'not set: set "qed.endpoint"'],
    ["Key", key === null ? 'none: "QED: Set Server Key", QED_API_KEY or OPENAI_API_KEY would give one' : key.source],
  ];
  if (settings.certificates !== "") where.push(["Certificates", settings.certificates]);
  let engine: HttpEngine | null = null;
  try {
    engine = openServer({ ...settings, serverTimeout: Math.min(settings.serverTimeout, SECONDS) }, { env, askKey });
    const { parallel, contextSize } = await engine.capabilities(signal);
    return [...where, ...found(await engine.find(signal), contextSize, parallel)];
  } catch (error) {
    const message = error instanceof EngineError ? error.message : `It does not answer within ${SECONDS} seconds.`;
    return [...where, ["Model on the server", settings.model || "the first that it lists"], ["It says", message]];
  } finally {
    await engine?.dispose();
  }
}

function found(server: Server, contextSize: number | null, parallel: number): readonly (readonly [string, string])[] {
  const { dialect, direct, version, model, listed, slots, wire } = server;
  const name = `${dialect.name}${version === null ? "" : ` ${version}`}`;
  const unlisted = listed === false ? ", which is not in its list of models" : "";
  return [
    ["Kind of server", direct || dialect.id === "openai" ? name : `${name}, behind a gateway`],
    ["Model on the server", `${model}${unlisted}`],
    ["Context", contextSize === null ? "the server does not say" : `${contextSize} tokens`],
    ["At once", `${parallel} requests${slots === null ? "" : ` (the server says ${slots})`}`],
    [
      "Can do there",
      wire.kind === "raw"
        ? "everything: it completes raw text, so budgets, finishing now, hints, branches and half-written proofs all work"
        : "proofs from their beginning only",
    ],
    ...(wire.kind === "raw" ? [] : ([["Can't do there", cannot(server)]] as const)),
    ["Tokens", tokens(server)],
  ];
}

function cannot({ dialect, direct }: Server): string {
  const why =
    dialect.id === "openai" || direct
      ? "it only takes chat messages"
      : `the gateway hides what ${dialect.name} has for raw text`;
  return `finishing now, hints, branches and half-written proofs: ${why}`;
}

function tokens({ dialect, direct, wire }: Server): string {
  const counted = {
    vllm: true,
    sglang: true,
    "llama-server": direct,
    ollama: false,
    "lm-studio": false,
    openai: false,
  };
  return counted[dialect.id] && wire.kind === "raw"
    ? "counted by the server as they come"
    : "estimated as they come, corrected by what the server counts at the end";
}

/** An address without what may be secret in it. */
function withoutSecrets(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint === "" ? "" : "not an address";
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname}`;
}
