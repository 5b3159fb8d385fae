import { homedir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../settings.js";
import type { Engine, Sampling } from "./engine.js";
import { HttpEngine } from "./http/http-engine.js";
import { type AskKey, serverKey } from "./http/keys.js";
import { backendFolders, pinnedBackends } from "./local/backend-packages.js";
import { LocalEngine } from "./local/local-engine.js";

/** Sampling of QED-Nano and QED-Nano-SFT on their card. Never greedy: low temperature raises looping. */
const QED_NANO: Sampling = { temperature: 0.6, topP: 0.95 };

/** Where an engine finds and keeps its things. */
export interface EnginePlaces {
  /** The folder that holds dist/, models/ and native/. */
  readonly extensionRoot: string;
  /** Where states of prompts are kept, and where windows write down which models they hold. */
  readonly stateDirectory: string;
}

/** What an engine is opened with beside the settings. */
export interface EngineSurroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Asks the client for a server's key; null, the default, for a client that keeps none. */
  readonly askKey?: AskKey | null;
}

/** The engine that the settings name. Starts nothing. Throws `endpoint.invalid`. */
export function openEngine(
  settings: Settings,
  { extensionRoot, stateDirectory }: EnginePlaces,
  surroundings: EngineSurroundings = {},
): Engine {
  if (settings.engine === "http") return openServer(settings, surroundings);
  const version = pinnedBackends(extensionRoot)?.version ?? null;
  return new LocalEngine({
    childPath: join(extensionRoot, "dist", "engine-child.js"),
    extensionRoot,
    backendFolders: backendFolders(settings.backendPath, stateDirectory, version),
    stateDirectory,
    limits: settings,
    modelPath: modelPath(settings.model, extensionRoot),
    gpu: settings.gpu,
    contextSize: settings.contextSize,
    sampling: QED_NANO,
  });
}

/** The server that the settings name. Asks nothing. Throws `endpoint.invalid`. */
export function openServer(settings: Settings, { env = process.env, askKey = null }: EngineSurroundings): HttpEngine {
  return new HttpEngine({
    endpoint: settings.endpoint,
    model: settings.model === "" ? null : settings.model,
    apiKey: async () => (await serverKey(settings.endpoint, env, askKey))?.key ?? null,
    sampling: QED_NANO,
    silenceSeconds: settings.serverTimeout,
    parallel: settings.serverParallel,
    allowInsecure: settings.allowInsecureEndpoint,
    certificates: inHome(settings.certificates),
    proxy: settings.proxy,
    env,
    contextSize: settings.contextSize,
  });
}

/** The GGUF file that the local engine runs: the one that is set, `~` meaning the home directory, or the rehearsal model. */
export function modelPath(model: string, extensionRoot: string): string {
  if (model === "") return join(extensionRoot, "models", "rehearsal.gguf");
  return inHome(model);
}

/** A path in which `~` means the home directory. */
function inHome(path: string): string {
  return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}
