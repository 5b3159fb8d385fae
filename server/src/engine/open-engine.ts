import { homedir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../settings.js";
import type { Engine, Sampling } from "./engine.js";
import { HttpEngine } from "./http/http-engine.js";
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

/** The engine that the settings name. Starts nothing. Throws `endpoint.invalid`. */
export function openEngine(
  settings: Settings,
  { extensionRoot, stateDirectory }: EnginePlaces,
  env: NodeJS.ProcessEnv = process.env,
): Engine {
  if (settings.engine === "http") {
    return new HttpEngine({
      endpoint: settings.endpoint,
      model: settings.model === "" ? null : settings.model,
      apiKey: env.QED_API_KEY ?? null,
      sampling: QED_NANO,
      silenceSeconds: settings.serverTimeout,
    });
  }
  return new LocalEngine({
    childPath: join(extensionRoot, "dist", "engine-child.js"),
    extensionRoot,
    stateDirectory,
    limits: settings,
    modelPath: modelPath(settings.model, extensionRoot),
    gpu: settings.gpu,
    contextSize: settings.contextSize,
    sampling: QED_NANO,
  });
}

/** The GGUF file that the local engine runs: the one that is set, `~` meaning the home directory, or the rehearsal model. */
export function modelPath(model: string, extensionRoot: string): string {
  if (model === "") return join(extensionRoot, "models", "rehearsal.gguf");
  return /^~[/\\]/.test(model) ? join(homedir(), model.slice(2)) : model;
}
