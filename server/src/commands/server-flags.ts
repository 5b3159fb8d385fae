import { resolve } from "node:path";
import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { positive, UsageError } from "./io.js";

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

/** What these flags were given. */
export interface EngineFlags {
  readonly engine?: string | undefined;
  readonly model?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly timeout?: string | undefined;
  readonly certificates?: string | undefined;
  readonly "allow-insecure-endpoint"?: boolean | undefined;
}

/** The settings of a terminal: the defaults, with these flags. Throws {@link UsageError}. */
export function engineSettings(flags: EngineFlags): Settings {
  const { engine, model = "", endpoint, timeout, certificates } = flags;
  if (engine !== undefined && engine !== "local" && engine !== "http") {
    throw new UsageError(`--engine is local or http, not "${engine}".`);
  }
  const chosen = engine ?? (endpoint === undefined ? "local" : "http");
  return {
    ...DEFAULT_SETTINGS,
    engine: chosen,
    model: model !== "" && chosen === "local" ? resolve(model) : model,
    endpoint: endpoint ?? "",
    serverTimeout: positive("--timeout", timeout) ?? DEFAULT_SETTINGS.serverTimeout,
    certificates: certificates === undefined ? "" : resolve(certificates),
    allowInsecureEndpoint: flags["allow-insecure-endpoint"] === true,
  };
}
