import { type ChildProcess, fork } from "node:child_process";
import { chatml } from "../../prompt/prompt.js";
import {
  type CompletionEvent,
  type CompletionRequest,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type Sampling,
} from "../engine.js";
import { EventQueue } from "../event-queue.js";
import { assertGguf, contextError, crashError, loadError } from "./failures.js";
import type { FromChild, LoadedModel, ToChild } from "./messages.js";

/** What a local engine runs. */
export interface LocalEngineOptions {
  /** The compiled `child.js`. */
  readonly childPath: string;
  /** A GGUF file. */
  readonly modelPath: string;
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  /** Most tokens of context. */
  readonly contextSize: number;
  /** Sampling for a model that is not a rehearsal model; that one is always greedy. */
  readonly sampling: Sampling;
}

const GREEDY: Sampling = { temperature: 0, topP: 1 };
const SHUT_DOWN = "The engine has been shut down. Try again.";
/** How much of the process's error output is kept for a report, in characters. */
const KEPT_STDERR = 4000;

/** A loaded process. */
interface Loaded {
  readonly child: ChildProcess;
  readonly model: LoadedModel;
}

/**
 * node-llama-cpp in a process of its own. The process starts with the first call and ends with `dispose`; if it dies,
 * what it was doing fails with `engine.crashed` and the next call starts a new one.
 */
export class LocalEngine implements Engine {
  readonly #options: LocalEngineOptions;
  readonly #running = new Map<number, EventQueue<CompletionEvent>>();
  readonly #onLoading = new Set<(progress: number) => void>();
  #loading: Promise<Loaded> | null = null;
  #child: ChildProcess | null = null;
  #nextId = 1;
  #disposed = false;
  #progress = 0;

  constructor(options: LocalEngineOptions) {
    this.#options = options;
  }

  /** Process id of the engine's process while there is one. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async capabilities(signal: AbortSignal, onLoading?: (progress: number) => void): Promise<EngineCapabilities> {
    const { model } = await this.#load(signal, onLoading);
    return {
      engine: "local",
      model: model.name,
      device: model.device,
      contextSize: model.contextSize,
      rehearsal: model.rehearsal,
      sampling: model.rehearsal === null ? this.#options.sampling : GREEDY,
      edits: true,
      parallel: 1,
    };
  }

  async *complete(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, void> {
    const { child } = await this.#load(signal);
    const id = this.#nextId++;
    const queue = new EventQueue<CompletionEvent>();
    this.#running.set(id, queue);
    const cancel = () => {
      send(child, { type: "cancel", id });
      queue.fail(signal.reason);
    };
    signal.addEventListener("abort", cancel, { once: true });
    let ended = false;
    try {
      if (this.#running.size > 1) yield { type: "queued" };
      signal.throwIfAborted();
      const { maxTokens, sampling, seed } = request;
      send(child, { type: "complete", id, text: chatml(request.prompt), maxTokens, sampling, seed });
      for await (const event of queue) {
        ended = event.type === "end";
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#running.delete(id);
      // The reader stopped early: the engine must not go on for nobody.
      if (!ended) send(child, { type: "cancel", id });
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await exited;
  }

  async #load(signal: AbortSignal, onLoading?: (progress: number) => void): Promise<Loaded> {
    signal.throwIfAborted();
    if (this.#disposed) throw new EngineError("engine.crashed", SHUT_DOWN);
    if (onLoading) {
      this.#onLoading.add(onLoading);
      if (this.#progress < 1) onLoading(this.#progress);
    }
    this.#loading ??= this.#start();
    const loading = this.#loading;
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
    });
    // Loading goes on after a cancel: the next call finds it done.
    aborted.catch(() => {});
    loading.catch(() => {});
    try {
      return await Promise.race([loading, aborted]);
    } finally {
      signal.removeEventListener("abort", abort);
      if (onLoading) this.#onLoading.delete(onLoading);
    }
  }

  async #start(): Promise<Loaded> {
    const { modelPath, gpu, contextSize, childPath } = this.#options;
    try {
      await assertGguf(modelPath);
      // `dispose` found no process to end while the file was looked at.
      if (this.#disposed) throw new EngineError("engine.crashed", SHUT_DOWN);
      const child = fork(childPath, [], {
        execArgv: [],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        // VS Code's own Node is Electron, which runs scripts only with this.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      });
      this.#child = child;
      this.#progress = 0;
      return await new Promise<Loaded>((resolve, reject) => {
        let stderr = "";
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
          stderr = (stderr + text).slice(-KEPT_STDERR);
        });
        child.on("message", (message: FromChild) => {
          if (message.type === "loading") this.#tellLoading(message.progress);
          else if (message.type === "loaded") {
            this.#tellLoading(1);
            resolve({ child, model: message.model });
          } else if (message.type === "load-failed") {
            reject(loadError(message.code, modelPath, message.detail));
            child.kill("SIGKILL");
          } else this.#take(message);
        });
        child.once("error", (error) => reject(crashError(error.message)));
        child.once("exit", (code, exitSignal) => {
          const detail = `${exitSignal ?? `exit code ${code}`}${stderr === "" ? "" : `: ${stderr.trim()}`}`;
          reject(crashError(detail));
          this.#died(child, detail);
        });
        send(child, { type: "load", modelPath, gpu, contextSize });
      });
    } catch (error) {
      this.#loading = null;
      throw error;
    }
  }

  #tellLoading(progress: number): void {
    this.#progress = progress;
    for (const listener of this.#onLoading) listener(progress);
  }

  #died(child: ChildProcess, detail: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#loading = null;
    this.#progress = 0;
    const error = this.#disposed ? new EngineError("engine.crashed", SHUT_DOWN) : crashError(detail);
    for (const queue of this.#running.values()) queue.fail(error);
  }

  #take(message: Exclude<FromChild, { type: "loading" | "loaded" | "load-failed" }>): void {
    const queue = this.#running.get(message.id);
    if (queue === undefined) return;
    switch (message.type) {
      case "started":
      case "cancelled":
        break;
      case "reading":
        queue.push({ type: "reading", evaluated: message.evaluated, total: message.total });
        break;
      case "text":
        queue.push({ type: "text", text: message.text, tokens: message.tokens });
        break;
      case "end":
        queue.push({ type: "end", reason: message.reason, usage: message.usage });
        queue.end();
        break;
      case "failed":
        queue.fail(message.code === "context.exceeded" ? contextError(message.detail) : crashError(message.detail));
        break;
    }
  }
}

function send(child: ChildProcess, message: ToChild): void {
  // A process that has just died reports itself by its exit.
  if (child.connected) child.send(message, () => {});
}
