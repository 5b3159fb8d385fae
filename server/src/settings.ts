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
  /** Minutes without work after which the local engine lets its model go; 0 for never. */
  readonly idleMinutes: number;
  /** Gigabytes on disk for states of read prompts; 0 for none. */
  readonly cacheGB: number;
  /** Tokens of thought. */
  readonly thinkingBudget: number;
  /** Tokens of answer. */
  readonly answerBudget: number;
  /** Seconds of a server's silence after which a run gives up. */
  readonly serverTimeout: number;
  readonly codeLens: "holes" | "all" | "off";
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
  serverTimeout: 60,
  codeLens: "holes",
  environments: {},
};

/** Settings from whatever a client answers. */
export function readSettings(value: unknown): Settings {
  const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const fallback = DEFAULT_SETTINGS;
  const text = (key: "model" | "endpoint") => {
    const given = raw[key];
    return typeof given === "string" ? given.trim() : fallback[key];
  };
  const count = (key: "contextSize" | "thinkingBudget" | "answerBudget" | "serverTimeout") => {
    const given = raw[key];
    return typeof given === "number" && Number.isFinite(given) && given >= 1 ? Math.floor(given) : fallback[key];
  };
  // As "qed.engine.idleMinutes" too: clients send that flat, or nested where nothing else says "qed.engine".
  const nested = (typeof raw.engine === "object" && raw.engine !== null ? raw.engine : {}) as typeof raw;
  const amount = (key: "idleMinutes" | "cacheGB") => {
    const given = raw[key] ?? raw[`engine.${key}`] ?? nested[key];
    return typeof given === "number" && Number.isFinite(given) && given >= 0 ? given : fallback[key];
  };
  return {
    engine: choice(raw.engine, ["local", "http"], fallback.engine),
    model: text("model"),
    endpoint: text("endpoint"),
    gpu: raw.gpu === "off" ? false : choice(raw.gpu, ["auto", "cuda", "vulkan", "metal"] as const, "auto"),
    contextSize: count("contextSize"),
    idleMinutes: amount("idleMinutes"),
    cacheGB: amount("cacheGB"),
    thinkingBudget: count("thinkingBudget"),
    answerBudget: count("answerBudget"),
    serverTimeout: count("serverTimeout"),
    codeLens: choice(raw.codeLens, ["holes", "all", "off"], fallback.codeLens),
    environments: environments(raw.environments),
  };
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
