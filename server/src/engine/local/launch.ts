import type { EngineError, WhenHeld } from "../engine.js";
import type { EngineProcess, ProcessListener } from "./engine-process.js";
import { type Ending, heldError, loadError } from "./failures.js";
import type { FromChild, LoadedModel, LoadRequest, Memory } from "./messages.js";
import type { Holder, Registry } from "./registry.js";

/** A process with a model. */
export interface Launched {
  readonly process: EngineProcess;
  readonly model: LoadedModel;
}

/** What a launch needs. */
export interface LaunchParts {
  readonly request: Omit<LoadRequest, "reduced">;
  readonly registry: Registry | null;
  readonly whenHeld: WhenHeld;
  readonly open: (listener: ProcessListener) => EngineProcess;
  readonly onProgress: (progress: number) => void;
  /** What the process says once it is loaded. */
  readonly onMessage: (message: FromChild) => void;
  /** The process has ended, also before it was loaded: gives the error for who waits. */
  readonly onEnded: (process: EngineProcess, ending: Ending) => EngineError;
}

type Failed = Extract<FromChild, { type: "load-failed" }>;

/** From no process to a loaded model; where another window holds the memory, after what the user has chosen to do. */
export class Launch {
  readonly #parts: LaunchParts;
  readonly #abort = new AbortController();
  #loaded = false;

  constructor(parts: LaunchParts) {
    this.#parts = parts;
  }

  /** Whether the model is loaded. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Nobody waits any more: it need not wait for another window. What is being loaded goes on. */
  giveUp(): void {
    this.#abort.abort();
  }

  /** Rejects with an {@link EngineError}. */
  async run(): Promise<Launched> {
    const { registry, whenHeld, request } = this.#parts;
    for (;;) {
      const holders = (await registry?.others()) ?? [];
      const result = await this.#try(holders.length === 0 || whenHeld === "less");
      if (!("code" in result)) {
        this.#loaded = true;
        const { process, model } = result;
        if (process.pid !== undefined) {
          const { name, bytes, onGpu } = model;
          const since = new Date().toISOString();
          await registry?.enter({
            pid: globalThis.process.pid,
            enginePid: process.pid,
            since,
            model: name,
            bytes,
            onGpu,
          });
        }
        return result;
      }
      const { code, detail, memory } = result;
      const short = code === "model.held" || code === "model.memory";
      if (!short || holders.length === 0) throw loadError(code, request.modelPath, detail, memory);
      if (whenHeld !== "wait" || this.#abort.signal.aborted) {
        throw heldError(holders as [Holder], memory, whenHeld !== "less" && code === "model.held");
      }
      await registry?.change(holders, this.#abort.signal);
      if (this.#abort.signal.aborted) throw heldError(holders as [Holder], memory, true);
    }
  }

  /** One process. Resolves with what it loaded or says that it can't; rejects if it dies. */
  async #try(reduced: boolean): Promise<Launched | { code: Failed["code"]; detail: string; memory: Memory | null }> {
    const { request, open, onProgress, onMessage, onEnded } = this.#parts;
    const result = await new Promise<Launched | Failed>((resolve, reject) => {
      let failed: Failed | null = null;
      const process: EngineProcess = open({
        message: (message) => {
          if (message.type === "loading") onProgress(message.progress);
          else if (message.type === "loaded") {
            onProgress(1);
            process.owes = false;
            resolve({ process, model: message.model });
          } else if (message.type === "load-failed") {
            failed = message;
            void process.kill();
          } else onMessage(message);
        },
        ended: (detail, hung) => {
          const error = onEnded(process, { detail, hung, unexpected: failed === null });
          if (failed === null) reject(error);
          else resolve(failed);
        },
      });
      process.owes = true;
      process.send({ ...request, reduced });
    });
    if (!("type" in result)) return result;
    return { code: result.code, detail: result.detail, memory: result.memory ?? null };
  }
}
