import { STATEMENT_KINDS, type StatementKind } from "./document/types.js";

/** What a user can set, read from `qed.*` in an editor or from flags in a terminal. Null or broken values are defaults. */
export interface Settings {
  readonly engine: "local" | "http";
  /** Path of a GGUF file (local; empty means the rehearsal model) or name of the model on the server. */
  readonly model: string;
  readonly endpoint: string;
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  /** Most tokens of context for the local engine. */
  readonly contextSize: number;
  /** Tokens of thought. */
  readonly thinkingBudget: number;
  /** Tokens of answer. */
  readonly answerBudget: number;
  /** Base address of a mirror of the hub; empty for the hub itself. */
  readonly hub: string;
  /** Folder with backends of the local engine that the user has put there; empty for none. */
  readonly backendPath: string;
  /** Seconds of a server's silence after which a run gives up. */
  readonly serverTimeout: number;
  /** Most requests to a server at once; null takes what the server says or its kind can. */
  readonly serverParallel: number | null;
  /** Path of a PEM file of certificates that servers' may be signed by; empty for none. */
  readonly certificates: string;
  /** Whether `http` may be used to another machine. */
  readonly allowInsecureEndpoint: boolean;
  /** The editor's own proxy (`http.proxy`); empty for what the environment says. */
  readonly proxy: string;
  readonly codeLens: "holes" | "all" | "off";
  /** Whether ghost text is never offered, on a key only, or while typing. */
  readonly ghostText: "off" | "manual" | "auto";
  /** Names of environments, classes, directives or callouts that no declaration and no custom explains, with their kinds. */
  readonly environments: Readonly<Record<string, StatementKind>>;
}

/** All kinds that a name can be given. */
const KINDS: readonly StatementKind[] = STATEMENT_KINDS.filter((kind) => kind !== "other");

/** The defaults, the same as in the extension's manifest. */
export const DEFAULT_SETTINGS: Settings = {
  engine: "local",
  model: "",
  endpoint: "",
  gpu: "auto",
  // The default budgets, their grace, and room for a long statement.
  contextSize: 49_152,
  // The card's 32,768 new tokens for the thought; twice what the longest of 84 teacher proofs needs for the proof.
  thinkingBudget: 32_768,
  answerBudget: 8_192,
  hub: "",
  backendPath: "",
  serverTimeout: 60,
  serverParallel: null,
  certificates: "",
  allowInsecureEndpoint: false,
  proxy: "",
  codeLens: "holes",
  ghostText: "manual",
  environments: {},
};

/** Settings from whatever a client answers. */
export function readSettings(value: unknown): Settings {
  const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const fallback = DEFAULT_SETTINGS;
  const text = (key: "model" | "endpoint" | "certificates" | "hub" | "backendPath") => {
    const given = raw[key];
    return typeof given === "string" ? given.trim() : fallback[key];
  };
  const count = (key: "contextSize" | "thinkingBudget" | "answerBudget" | "serverTimeout") => {
    return positive(raw[key]) ?? fallback[key];
  };
  return {
    engine: choice(raw.engine, ["local", "http"], fallback.engine),
    model: text("model"),
    endpoint: text("endpoint"),
    gpu: raw.gpu === "off" ? false : choice(raw.gpu, ["auto", "cuda", "vulkan", "metal"] as const, "auto"),
    contextSize: count("contextSize"),
    thinkingBudget: count("thinkingBudget"),
    answerBudget: count("answerBudget"),
    hub: text("hub"),
    backendPath: text("backendPath"),
    serverTimeout: count("serverTimeout"),
    serverParallel: positive(raw.serverParallel) ?? fallback.serverParallel,
    certificates: text("certificates"),
    allowInsecureEndpoint: raw.allowInsecureEndpoint === true,
    proxy: fallback.proxy,
    ghostText: choice(raw.ghostText, ["off", "manual", "auto"], fallback.ghostText),
    codeLens: choice(raw.codeLens, ["holes", "all", "off"], fallback.codeLens),
    environments: environments(raw.environments),
  };
}

/** Settings with the proxy of the editor, from its `http` section. */
export function withProxy(settings: Settings, http: unknown): Settings {
  const { proxy, proxySupport } = (typeof http === "object" && http !== null ? http : {}) as Readonly<
    Record<string, unknown>
  >;
  return typeof proxy === "string" && proxySupport !== "off" ? { ...settings, proxy: proxy.trim() } : settings;
}

function positive(given: unknown): number | null {
  return typeof given === "number" && Number.isFinite(given) && given >= 1 ? Math.floor(given) : null;
}

function environments(given: unknown): Readonly<Record<string, StatementKind>> {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      const kind = KINDS.find((candidate) => candidate === value);
      return kind ? [[name, kind] as const] : [];
    }),
  );
}

function choice<T extends string>(value: unknown, choices: readonly T[], fallback: T): T {
  return choices.find((candidate) => candidate === value) ?? fallback;
}
