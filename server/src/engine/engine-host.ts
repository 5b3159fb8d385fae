import type { Settings } from "../settings.js";
import type { Engine } from "./engine.js";

/** The settings that an engine is made from: another value needs another engine. */
function engineKey(settings: Settings): string {
  const { engine, model, endpoint, gpu, contextSize, backendPath, serverTimeout } = settings;
  const { serverParallel, certificates, allowInsecureEndpoint, proxy } = settings;
  const server = [serverParallel, certificates, allowInsecureEndpoint, proxy];
  return JSON.stringify([engine, model, endpoint, gpu, contextSize, backendPath, serverTimeout, server]);
}

/** Keeps one engine for the settings that are in force; nothing is started before an engine is used. */
export class EngineHost {
  readonly #open: (settings: Settings) => Engine;
  #current: { readonly key: string; readonly engine: Engine } | null = null;

  constructor(open: (settings: Settings) => Engine) {
    this.#open = open;
  }

  /** The engine for these settings. One for other settings is ended, and what it was doing with it. */
  async get(settings: Settings): Promise<Engine> {
    const key = engineKey(settings);
    if (this.#current?.key === key) {
      this.#current.engine.adjust?.(settings);
      return this.#current.engine;
    }
    const engine = this.#open(settings);
    const previous = this.#current;
    this.#current = { key, engine };
    await previous?.engine.dispose();
    return engine;
  }

  async dispose(): Promise<void> {
    await this.#current?.engine.dispose();
    this.#current = null;
  }
}
