import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { positive } from "./io.js";
import { ENGINE_FLAGS, engineSettings, type ServerFlags } from "./server-flags.js";

/** The flags of every command that runs a model, for `parseArgs`. */
export const ENGINE_OPTIONS = {
  ...ENGINE_FLAGS,
  budget: { type: "string" },
  "answer-budget": { type: "string" },
  "total-budget": { type: "string" },
  "no-loop-guard": { type: "boolean", default: false },
} as const;

/** What a person gave of them. */
export interface EngineFlags extends ServerFlags {
  readonly budget?: string | undefined;
  readonly "answer-budget"?: string | undefined;
  readonly "total-budget"?: string | undefined;
  readonly "no-loop-guard"?: boolean | undefined;
}

/** The settings that flags stand for. Throws {@link UsageError}. */
export function settingsOf(flags: EngineFlags): Settings {
  return {
    ...engineSettings(flags),
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
