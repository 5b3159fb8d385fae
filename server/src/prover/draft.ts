import type { CompletionEvent, Engine, EngineCapabilities } from "../engine/engine.js";
import type { Prompt } from "../prompt/prompt.js";
import { applyEvent } from "../store/fold.js";
import type { Run, RunEvent } from "../store/run.js";
import type { PhaseReporter } from "./phase-reporter.js";
import type { Steering } from "./steering.js";

/** A run as it grows: its state is the fold of what it has told, so that its file gives the same state again. */
export class Draft {
  readonly #tell: (event: RunEvent) => void;
  #run: Run;

  /** @param tell puts an event on disk, then shows it */
  constructor(run: Run, tell: (event: RunEvent) => void) {
    this.#run = run;
    this.#tell = tell;
  }

  get run(): Run {
    return this.#run;
  }

  emit(event: RunEvent): void {
    // First, so that what a listener asks for at this event sees it.
    this.#run = applyEvent(this.#run, event);
    this.#tell(event);
  }
}

/** What the steps of one run share. */
export interface Context {
  readonly engine: Engine;
  readonly capabilities: EngineCapabilities;
  readonly draft: Draft;
  readonly phases: PhaseReporter;
  readonly steering: Steering;
  readonly signal: AbortSignal;
  /** Where the run whose thought is to be summarised has got to; null for a run that summarises none. */
  readonly parent: Prompt | null;
}

/** One completion, which a person's request can interrupt between two tokens. */
export class Completion {
  readonly #context: Context;
  readonly #stream: AsyncIterator<CompletionEvent>;
  readonly #interrupt = new AbortController();

  constructor(context: Context, prompt: Prompt, maxTokens: number) {
    const { engine, capabilities, draft, signal, steering } = context;
    signal.throwIfAborted();
    this.#context = context;
    const request = { lane: "run" as const, prompt, maxTokens, sampling: capabilities.sampling };
    this.#stream = engine
      .complete({ ...request, seed: draft.run.header.seed }, AbortSignal.any([signal, this.#interrupt.signal]))
      [Symbol.asyncIterator]();
    steering.onRequest(() => this.#interrupt.abort(new Error("steered")));
  }

  /** The next event; null as soon as a person has asked for something. Throws the engine's error or the cancel's. */
  async next(): Promise<CompletionEvent | null> {
    const { steering, signal, draft } = this.#context;
    signal.throwIfAborted();
    if (steering.isWaiting) return null;
    try {
      const next = await this.#stream.next();
      if (next.done) throw new Error("the engine's stream ended without an end event");
      if (next.value.type === "end") draft.emit({ type: "usage", ...next.value.usage });
      return next.value;
    } catch (error) {
      if (signal.aborted || !this.#interrupt.signal.aborted) throw error;
      return null;
    }
  }

  /** Ends it; the engine stops. */
  async close(): Promise<void> {
    this.#context.steering.onRequest(null);
    // Whatever a stream has to say that nobody reads any more.
    await this.#stream.return?.().catch(() => {});
  }
}
