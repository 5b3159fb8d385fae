import type { Lane } from "../engine.js";

const ORDER: Readonly<Record<Lane, number>> = { typing: 0, run: 1, review: 2 };

interface Waiting {
  readonly lane: Lane;
  readonly begin: () => void;
}

/** A place among the requests that a server is asked at once. */
export interface Slot {
  /** Resolves when the place is there; rejects with the signal's reason, and then there is none. */
  readonly ready: Promise<void>;
  /** Whether it has to be waited for. */
  readonly waits: boolean;
  /** Gives the place back; once. */
  release(): void;
}

/** Lets only so many requests through at once; the rest wait, typing before runs before reviews, each in its order. */
export class Slots {
  readonly #waiting: Waiting[] = [];
  #taken = 0;
  /** How many at once, at least 1; may change between requests. */
  limit = 1;

  take(lane: Lane, signal: AbortSignal): Slot {
    let held = false;
    const release = () => {
      if (!held) return;
      held = false;
      this.#taken--;
      this.#next();
    };
    if (this.#taken < this.limit && this.#waiting.length === 0) {
      held = true;
      this.#taken++;
      return { ready: Promise.resolve(), waits: false, release };
    }
    const ready = new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener("abort", onAbort);
        held = true;
        this.#taken++;
        resolve();
      };
      const waiting = { lane, begin };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      const place = this.#waiting.findIndex((other) => ORDER[other.lane] > ORDER[lane]);
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, waiting);
    });
    // Who has given up need not hear of it here.
    ready.catch(() => {});
    return { ready, waits: true, release };
  }

  #next(): void {
    while (this.#taken < this.limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.begin();
    }
  }
}
