import {
  type CompletionEvent,
  type CompletionRequest,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type EngineLimits,
  type Sampling,
  type WhenHeld,
} from "../engine.js";
import { Asked, Completions } from "./completions.js";
import { EngineProcess, type Patience } from "./engine-process.js";
import { assertGguf, crashError, type Ending, shutDownError } from "./failures.js";
import { gpuMemory } from "./gpu-memory.js";
import { type GpuMemory, IdleWatch } from "./idle-watch.js";
import { Launch, type Launched } from "./launch.js";
import { Registry } from "./registry.js";

/** What a local engine runs. */
export interface LocalEngineOptions {
  /** The compiled `child.js`. */
  readonly childPath: string;
  /** The folder that holds `native/`. */
  readonly extensionRoot: string;
  /** Where the process looks for backends before those beside it; nowhere by default. */
  readonly backendFolders?: readonly string[];
  /** A GGUF file. */
  readonly modelPath: string;
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  /** Most tokens of context. */
  readonly contextSize: number;
  /** Sampling for a model that is not a rehearsal model; that one is always greedy. */
  readonly sampling: Sampling;
  /** Where states of prompts are kept and engines are written down; null for neither. */
  readonly stateDirectory: string | null;
  readonly limits: EngineLimits;
  /** Most runs and reviews at once; 4 by default. */
  readonly sequences?: number;
  /** Threads of the processor; by default one less than it has cores. */
  readonly threads?: number;
  /** A prompt that took longer to read than this is kept on disk, in milliseconds. */
  readonly cacheAfterMs?: number;
  readonly patience?: Patience;
  /** The memory of the GPUs; tests replace it. */
  readonly gpuMemory?: () => Promise<GpuMemory | null>;
  /** How often that is looked at while the engine is idle, in milliseconds. */
  readonly gpuPollMs?: number;
}

const GREEDY: Sampling = { temperature: 0, topP: 1 };
const SEQUENCES = 4;
/** Reading for less than this is sooner done again than a state is written, in milliseconds. */
const CACHE_AFTER_MS = 1000;
const PATIENCE: Patience = { silenceMs: 30_000, standstillMs: 300_000 };
/** So many crashes in a row are no accident. */
const CRASHES = 3;
const GIB = 2 ** 30;

/**
 * node-llama-cpp in a process of its own. The process starts with the first call and ends with `dispose`, or when it had
 * nothing to do for some time; if it dies, what it was doing fails and the next call starts a new one.
 */
export class LocalEngine implements Engine {
  readonly #options: LocalEngineOptions;
  readonly #completions = new Completions(() => {
    this.#crashes = 0;
  });
  readonly #onLoading = new Set<(progress: number) => void>();
  readonly #registry: Registry | null;
  readonly #idle: IdleWatch;
  #limits: EngineLimits;
  #loading: Promise<Launched> | null = null;
  #launch: Launch | null = null;
  #process: EngineProcess | null = null;
  /** Resolves when the memory of the process before is given back. */
  #left: Promise<void> = Promise.resolve();
  #onGpu = false;
  #disposed = false;
  #progress = 0;
  #crashes = 0;
  #wanted = 0;

  constructor(options: LocalEngineOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#registry = options.stateDirectory === null ? null : new Registry(`${options.stateDirectory}/engines`);
    this.#idle = new IdleWatch({
      minutes: () => this.#limits.idleMinutes,
      gpu: options.gpuMemory ?? (() => gpuMemory(options.extensionRoot)),
      letGo: () => this.#letGo(),
      ...(options.gpuPollMs === undefined ? {} : { pollMs: options.gpuPollMs }),
    });
  }

  /** Process id of the engine's process while there is one. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  adjust(limits: EngineLimits): void {
    const { idleMinutes } = this.#limits;
    this.#limits = limits;
    if (limits.idleMinutes !== idleMinutes) this.#rest();
  }

  async capabilities(
    signal: AbortSignal,
    onLoading?: (progress: number) => void,
    whenHeld: WhenHeld = "ask",
  ): Promise<EngineCapabilities> {
    const { model } = await this.#load(signal, onLoading, whenHeld);
    return {
      engine: "local",
      model: model.name,
      device: model.device,
      contextSize: model.contextSize,
      rehearsal: model.rehearsal,
      sampling: model.rehearsal === null ? this.#options.sampling : GREEDY,
      edits: true,
      parallel: model.parallel,
    };
  }

  async *complete(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, void> {
    const first = new Asked();
    try {
      yield* this.#complete(request, signal, first);
    } catch (error) {
      // The process had died before it was asked, and only now is that known.
      const neverBegun = first.sent && !first.heard && error instanceof EngineError && !signal.aborted;
      if (!neverBegun || this.#disposed) throw error;
      yield* this.#complete(request, signal, new Asked());
    }
  }

  async *#complete(
    request: CompletionRequest,
    signal: AbortSignal,
    asked: Asked,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const { process } = await this.#load(signal, undefined, "ask");
    this.#idle.busy();
    try {
      yield* this.#completions.stream(process, request, signal, asked);
    } finally {
      this.#rest();
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#launch?.giveUp();
    this.#letGo();
    await this.#left;
  }

  async #load(
    signal: AbortSignal,
    onLoading: ((progress: number) => void) | undefined,
    whenHeld: WhenHeld,
  ): Promise<Launched> {
    signal.throwIfAborted();
    if (this.#disposed) throw shutDownError();
    if (onLoading) {
      this.#onLoading.add(onLoading);
      if (this.#progress < 1) onLoading(this.#progress);
    }
    const loading = this.#loading ?? this.#begin(whenHeld);
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
    });
    // Loading goes on after a cancel: the next call finds it done.
    aborted.catch(() => {});
    this.#wanted++;
    try {
      return await Promise.race([loading, aborted]);
    } finally {
      // Waiting for another window does not: who waits has gone.
      if (--this.#wanted === 0) this.#launch?.giveUp();
      signal.removeEventListener("abort", abort);
      if (onLoading) this.#onLoading.delete(onLoading);
    }
  }

  #begin(whenHeld: WhenHeld): Promise<Launched> {
    const loading = this.#start(whenHeld);
    this.#loading = loading;
    loading.catch(() => {
      if (this.#loading === loading) this.#loading = null;
    });
    return loading;
  }

  async #start(whenHeld: WhenHeld): Promise<Launched> {
    const { modelPath, gpu, contextSize, childPath, extensionRoot, stateDirectory } = this.#options;
    const { backendFolders = [], patience = PATIENCE } = this.#options;
    this.#idle.busy();
    const launch = new Launch({
      request: {
        type: "load",
        modelPath,
        gpu,
        contextSize,
        sequences: this.#options.sequences ?? SEQUENCES,
        threads: this.#options.threads ?? null,
        cache:
          stateDirectory === null
            ? null
            : {
                directory: `${stateDirectory}/prefixes`,
                bytes: Math.floor(this.#limits.cacheGB * GIB),
                afterMs: this.#options.cacheAfterMs ?? CACHE_AFTER_MS,
              },
      },
      registry: this.#registry,
      whenHeld,
      open: (listener) => {
        this.#process = new EngineProcess({ childPath, extensionRoot, backendFolders, patience }, listener);
        return this.#process;
      },
      onProgress: (progress) => this.#tellLoading(progress),
      onMessage: (message) => this.#completions.take(message),
      onEnded: (process, ending) => this.#ended(process, ending),
    });
    this.#launch = launch;
    try {
      await assertGguf(modelPath);
      await this.#left;
      // `dispose` found no process to end while the file was looked at.
      if (this.#disposed) throw shutDownError();
      this.#progress = 0;
      const launched = await launch.run();
      this.#onGpu = launched.model.onGpu;
      this.#rest();
      return launched;
    } catch (error) {
      throw this.#disposed ? shutDownError() : error;
    }
  }

  /** Arms the idle time if there is nothing to do. */
  #rest(): void {
    if (this.#completions.size > 0 || this.#process === null || this.#launch?.loaded !== true) return;
    this.#process.owes = false;
    this.#idle.idle(this.#onGpu);
  }

  /**
   * Ends the process. From this moment on the next call starts another, which waits until this one's memory is given
   * back: so it can't race a completion.
   */
  #letGo(): void {
    const process = this.#process;
    this.#idle.busy();
    if (process === null) return;
    this.#process = null;
    this.#loading = null;
    this.#progress = 0;
    this.#left = process.kill();
  }

  #tellLoading(progress: number): void {
    this.#progress = progress;
    for (const listener of this.#onLoading) listener(progress);
  }

  /** A process has ended; the error is for whoever waits for it. */
  #ended(process: EngineProcess, ending: Ending): EngineError {
    if (process.pid !== undefined) void this.#registry?.leave(process.pid);
    const ours = this.#process === process;
    if (ours) {
      this.#process = null;
      this.#loading = null;
      this.#progress = 0;
      this.#left = Promise.resolve();
      this.#idle.busy();
    }
    const crashed = ours && !this.#disposed;
    if (crashed && ending.unexpected) this.#crashes++;
    const error = crashed ? crashError(ending, this.#crashes >= CRASHES) : shutDownError();
    this.#completions.fail(error);
    return error;
  }
}
