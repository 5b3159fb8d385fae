import type { RunEvent } from "../store/run.js";

/** How long events wait for company, in milliseconds: two frames of a screen. */
const BATCH_MS = 33;

/** Sends the events of one run in batches, each with the index of its first event. */
export class EventBatcher {
  readonly #send: (first: number, events: readonly RunEvent[]) => void;
  #first: number;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param first index of the first event that is added */
  constructor(send: (first: number, events: readonly RunEvent[]) => void, first = 0) {
    this.#send = send;
    this.#first = first;
  }

  add(event: RunEvent): void {
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Sends what waits, now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const events = this.#waiting;
    this.#waiting = [];
    const first = this.#first;
    this.#first += events.length;
    this.#send(first, events);
  }
}
