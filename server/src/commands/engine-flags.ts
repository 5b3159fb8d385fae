import { resolve } from "node:path";
import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { positive, UsageError } from "./io.js";

/** The flags of every command that runs a model, for `parseArgs`. */
export const ENGINE_OPTIONS = {
  engine: { type: "string" },
  model: { type: "string" },
  endpoint: { type: "string" },
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
  readonly budget?: string | undefined;
  readonly "answer-budget"?: string | undefined;
  readonly "total-budget"?: string | undefined;
  readonly "no-loop-guard"?: boolean | undefined;
}

/** The settings that flags stand for. Throws {@link UsageError}. */
export function settingsOf(flags: EngineFlags): Settings {
  const { engine } = flags;
  if (engine !== undefined && engine !== "local" && engine !== "http") {
    throw new UsageError(`--engine is local or http, not "${engine}".`);
  }
  const chosen = engine ?? (flags.endpoint === undefined ? "local" : "http");
  return {
    ...DEFAULT_SETTINGS,
    engine: chosen,
    model: flags.model === undefined ? "" : chosen === "local" ? resolve(flags.model) : flags.model,
    endpoint: flags.endpoint ?? "",
    thinkingBudget: tokens("--budget", flags.budget) ?? DEFAULT_SETTINGS.thinkingBudget,
    answerBudget: tokens("--answer-budget", flags["answer-budget"]) ?? DEFAULT_SETTINGS.answerBudget,
    totalBudget: tokens("--total-budget", flags["total-budget"]) ?? DEFAULT_SETTINGS.totalBudget,
    loopGuard: !flags["no-loop-guard"],
  };
}

/** A number of tokens; `8k` is 8,192. */
function tokens(flag: string, value: string | undefined): number | null {
  const thousands = /^(\d+)k$/i.exec(value ?? "")?.[1];
  const number = positive(flag, thousands ?? value);
  return number === null || thousands === undefined ? number : number * 1024;
}
