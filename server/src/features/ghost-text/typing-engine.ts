import type { Engine, EngineCapabilities } from "../../engine/engine.js";
import type { Settings } from "../../settings.js";
import type { TypingCache } from "./cache.js";
import { type TypingQuestion, typingBeginning } from "./typing-question.js";
import { TypingStream } from "./typing-stream.js";

/** What is needed to ask an engine. */
export interface TypingEngineServices {
  readonly engine: (settings: Settings) => Promise<Engine>;
  readonly cache: TypingCache;
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Told when the engine begins and ends to write ghost text. */
  readonly onBusy: (busy: boolean) => void;
}

/**
 * How long a server is given to see that the socket of an ended request is closed, in milliseconds. Engines don't tell
 * when it has: one that is held up for longer sees the next request first.
 */
const HANDOVER_MS = 5;

/** Asks engines for ghost text: at most one request goes on, and what each has written is kept in the cache. */
export class TypingEngine {
  readonly #services: TypingEngineServices;
  #stream: TypingStream | null = null;
  /** Resolves when the engine has nothing to do for the last stream any more. */
  #ending: Promise<void> = Promise.resolve();
  /** Whether the last stream was ended before its time. */
  #ended = false;
  #capabilities: { readonly engine: Engine; readonly value: EngineCapabilities } | null = null;

  constructor(services: TypingEngineServices) {
    this.#services = services;
  }

  /** The last stream that was begun; null after it was stopped or has failed. */
  get stream(): TypingStream | null {
    return this.#stream;
  }

  /** Ends what the engine does. */
  stop(): void {
    if (this.#stream && !this.#stream.over) this.#ended = true;
    this.#stream?.abort();
    this.#stream = null;
  }

  /**
   * Begins a stream when the one before has ended. Throws what an engine does.
   * @param asked names the question and the model
   * @param before what is written of the proof, as a reader would read it
   * @returns why the engine isn't asked, if it is not; null if the signal was aborted before
   */
  async begin(
    settings: Settings,
    asked: string,
    question: TypingQuestion,
    before: string,
    signal: AbortSignal,
  ): Promise<TypingStream | { readonly why: string } | null> {
    const engine = await this.#services.engine(settings);
    const beginning = typingBeginning(question, before, await this.#capabilitiesOf(engine, signal));
    if ("why" in beginning) return beginning;
    await this.#ending;
    if (this.#ended) await this.#services.wait(HANDOVER_MS, signal);
    if (signal.aborted) return null;
    this.#services.onBusy(true);
    this.#ended = false;
    let end = () => {};
    this.#ending = new Promise((resolve) => {
      end = resolve;
    });
    this.#stream = new TypingStream(engine, { asked, ...beginning }, (stream) => {
      this.#services.cache.set(asked, beginning.given, { text: stream.text, complete: stream.complete });
      if (this.#stream === stream && stream.failure !== null) this.#stream = null;
      this.#services.onBusy(false);
      end();
    });
    return this.#stream;
  }

  async #capabilitiesOf(engine: Engine, signal: AbortSignal): Promise<EngineCapabilities> {
    if (this.#capabilities?.engine !== engine) {
      this.#capabilities = { engine, value: await engine.capabilities(signal) };
    }
    return this.#capabilities.value;
  }
}
