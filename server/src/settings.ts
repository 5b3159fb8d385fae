import { STATEMENT_KINDS, type StatementKind } from "./document/types.js";
import type { Budget } from "./store/run.js";
import type { StoreLimits } from "./store/store.js";

/** What a user can set, read from `qed.*` in an editor or from flags in a terminal. Null or broken values are defaults. */
export interface Settings {
  readonly engine: "local" | "http";
  /** Path of a GGUF file (local; empty means the rehearsal model) or name of the model on the server. */
  readonly model: string;
  readonly endpoint: string;
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  /** Most tokens of context for the local engine. */
  readonly contextSize: number;
  /** Minutes without work after which the local engine lets its model go; 0 for never. */
  readonly idleMinutes: number;
  /** Gigabytes on disk for states of read prompts; 0 for none. */
  readonly cacheGB: number;
  /** Tokens of thought. */
  readonly thinkingBudget: number;
  /** Tokens of answer. */
  readonly answerBudget: number;
  /** Base address of a mirror of the hub; empty for the hub itself. */
  readonly hub: string;
  /** Folder with backends of the local engine that the user has put there; empty for none. */
  readonly backendPath: string;
  /** Tokens of all that one run generates, and the runs that it goes on from; 0 is no bound. */
  readonly totalBudget: number;
  /** Whether a thought or a proof that goes round in circles is stopped. */
  readonly loopGuard: boolean;
  /** Whether an inserted proof carries a comment that says where it comes from. */
  readonly provenance: boolean;
  /** Megabytes (10^6 bytes) of runs that are kept, and days since one was last written. */
  readonly runsMaxMB: number;
  readonly runsMaxDays: number;
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
  idleMinutes: 10,
  cacheGB: 2,
  // The card's 32,768 new tokens for the thought; twice what the longest of 84 teacher proofs needs for the proof.
  thinkingBudget: 32_768,
  answerBudget: 8_192,
  hub: "",
  backendPath: "",
  totalBudget: 0,
  loopGuard: true,
  // Comments reach co-authors and preprint servers.
  provenance: false,
  runsMaxMB: 500,
  runsMaxDays: 365,
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
  const raw = section(value);
  const fallback = DEFAULT_SETTINGS;
  const text = (key: "model" | "endpoint" | "certificates" | "hub" | "backendPath") => {
    const given = raw[key];
    return typeof given === "string" ? given.trim() : fallback[key];
  };
  const count = (key: "contextSize" | "thinkingBudget" | "answerBudget" | "serverTimeout") => {
    return positive(raw[key]) ?? fallback[key];
  };
  // As "qed.engine.idleMinutes" too: clients send that flat, or nested where nothing else says "qed.engine".
  const ofEngine = (key: "idleMinutes" | "cacheGB") =>
    amount(raw[key] ?? raw[`engine.${key}`] ?? section(raw.engine)[key], fallback[key]);
  return {
    engine: choice(raw.engine, ["local", "http"], fallback.engine),
    model: text("model"),
    endpoint: text("endpoint"),
    gpu: raw.gpu === "off" ? false : choice(raw.gpu, ["auto", "cuda", "vulkan", "metal"] as const, "auto"),
    contextSize: count("contextSize"),
    idleMinutes: ofEngine("idleMinutes"),
    cacheGB: ofEngine("cacheGB"),
    thinkingBudget: count("thinkingBudget"),
    answerBudget: count("answerBudget"),
    hub: text("hub"),
    backendPath: text("backendPath"),
    totalBudget: amount(raw.totalBudget, fallback.totalBudget),
    loopGuard: typeof raw.loopGuard === "boolean" ? raw.loopGuard : fallback.loopGuard,
    provenance: raw.provenance === true,
    runsMaxMB: amount(section(raw.runs).maxMB, fallback.runsMaxMB),
    runsMaxDays: amount(section(raw.runs).maxDays, fallback.runsMaxDays),
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
  const { proxy, proxySupport } = section(http);
  return typeof proxy === "string" && proxySupport !== "off" ? { ...settings, proxy: proxy.trim() } : settings;
}

function positive(given: unknown): number | null {
  return typeof given === "number" && Number.isFinite(given) && given >= 1 ? Math.floor(given) : null;
}

function section(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A number that may be 0. */
function amount(value: unknown, fallback: number): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : fallback;
}

/** The budgets of a new run. */
export function budgetOf({ thinkingBudget, answerBudget, totalBudget }: Settings): Budget {
  const budget = { thought: thinkingBudget, answer: answerBudget };
  return totalBudget > 0 ? { ...budget, total: totalBudget } : budget;
}

/** How much is kept of runs. */
export function storeLimits({ runsMaxMB, runsMaxDays }: Settings): StoreLimits {
  return { bytes: runsMaxMB * 1e6, age: runsMaxDays * 24 * 60 * 60 * 1000 };
}

function environments(given: unknown): Readonly<Record<string, StatementKind>> {
  return Object.fromEntries(
    Object.entries(section(given)).flatMap(([name, value]) => {
      const kind = KINDS.find((candidate) => candidate === value);
      return kind ? [[name, kind] as const] : [];
    }),
  );
}

function choice<T extends string>(value: unknown, choices: readonly T[], fallback: T): T {
  return choices.find((candidate) => candidate === value) ?? fallback;
}
