import { resolve } from "node:path";
import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { positive, UsageError } from "./io.js";
import { terminalSettings } from "./terminal-settings.js";

/** Flags that say where the model runs, for Node's parser of arguments. */
export const ENGINE_FLAGS = {
  engine: { type: "string" },
  model: { type: "string" },
  endpoint: { type: "string" },
  timeout: { type: "string" },
  certificates: { type: "string" },
  "allow-insecure-endpoint": { type: "boolean" },
} as const;

/** These flags in a command's usage. */
export const ENGINE_USAGE =
  "[--engine local|http] [--model NAME] [--endpoint URL] [--timeout SECONDS] [--certificates PEM] [--allow-insecure-endpoint]";

/** The flags of every command that runs a model: where, and how far it goes. */
export const ENGINE_OPTIONS = {
  ...ENGINE_FLAGS,
  budget: { type: "string" },
  "answer-budget": { type: "string" },
  "total-budget": { type: "string" },
  "no-loop-guard": { type: "boolean", default: false },
} as const;

/** What a person gave of them. */
export interface EngineFlags {
  readonly engine?: string | undefined;
  readonly model?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly timeout?: string | undefined;
  readonly certificates?: string | undefined;
  readonly "allow-insecure-endpoint"?: boolean | undefined;
  readonly budget?: string | undefined;
  readonly "answer-budget"?: string | undefined;
  readonly "total-budget"?: string | undefined;
  readonly "no-loop-guard"?: boolean | undefined;
}

/** The settings of a terminal: what was set up, with these flags. Throws {@link UsageError}. */
export function settingsOf(flags: EngineFlags): Settings {
  const { engine, model, endpoint, timeout, certificates } = flags;
  const fallback = terminalSettings();
  if (engine !== undefined && engine !== "local" && engine !== "http") {
    throw new UsageError(`--engine is local or http, not "${engine}".`);
  }
  const chosen = engine ?? (endpoint === undefined ? "local" : "http");
  return {
    ...(model === undefined ? fallback : { ...fallback, contextSize: DEFAULT_SETTINGS.contextSize }),
    engine: chosen,
    model: modelOf(chosen, model, fallback.model),
    endpoint: endpoint ?? "",
    serverTimeout: positive("--timeout", timeout) ?? DEFAULT_SETTINGS.serverTimeout,
    certificates: certificates === undefined ? "" : resolve(certificates),
    allowInsecureEndpoint: flags["allow-insecure-endpoint"] === true,
    thinkingBudget: tokens("--budget", flags.budget) ?? DEFAULT_SETTINGS.thinkingBudget,
    answerBudget: tokens("--answer-budget", flags["answer-budget"]) ?? DEFAULT_SETTINGS.answerBudget,
    totalBudget: tokens("--total-budget", flags["total-budget"]) ?? DEFAULT_SETTINGS.totalBudget,
    loopGuard: !flags["no-loop-guard"],
  };
}

function modelOf(engine: "local" | "http", given: string | undefined, fallback: string): string {
  if (engine === "http") return given ?? "";
  return given === undefined || given === "" ? fallback : resolve(given);
}

/** A number of tokens; `8k` is 8,192. */
function tokens(flag: string, value: string | undefined): number | null {
  const thousands = /^(\d+)k$/i.exec(value ?? "")?.[1];
  const number = positive(flag, thousands ?? value);
  return number === null || thousands === undefined ? number : number * 1024;
}
