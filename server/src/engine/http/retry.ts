import { setTimeout } from "node:timers/promises";
import { EngineError } from "../engine.js";
import { TryLater } from "./answer-failures.js";

/** First wait before asking again where the server names none, in seconds; each further one is twice as long. */
const FIRST_WAIT = 0.5;
/** The longest of these. */
const LONGEST_WAIT = 8;

/** How long to wait before asking again a server that is busy. */
export class Retries {
  readonly #patience: number;
  #waited = 0;
  #next = FIRST_WAIT;

  /** @param patience seconds that may be waited in all */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /**
   * Seconds to wait before the request is sent again. Throws the error itself where it is no such, or where more would
   * have to be waited than there is patience.
   */
  wait(error: unknown): number {
    if (!(error instanceof TryLater)) throw error;
    const seconds = error.afterSeconds ?? this.#next;
    if (this.#waited + seconds > this.#patience) {
      // For who reads the run it is an error like any other.
      throw new EngineError(error.code, error.message);
    }
    this.#waited += seconds;
    this.#next = Math.min(LONGEST_WAIT, this.#next * 2);
    return seconds;
  }
}

/** Waits for so many seconds. Rejects with the signal's reason. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
}
