import type { FromChild, TextPiece } from "./messages.js";

/** Text that comes sooner than this after the last, in milliseconds, waits for more: a message costs as much as a token. */
const TOGETHER_MS = 10;

/** Sends messages in their order, pieces of text together; the first after a pause goes at once. */
export class Outbox {
  readonly #send: (message: FromChild) => void;
  readonly #pieces = new Map<number, TextPiece[]>();
  #timer: NodeJS.Timeout | null = null;
  #flushed = 0;
  /** When something was sent last, by `performance.now()`. */
  lastSent = 0;

  constructor(send: (message: FromChild) => void) {
    this.#send = send;
  }

  send(message: FromChild): void {
    this.#flush();
    this.lastSent = performance.now();
    this.#send(message);
  }

  text(id: number, text: string, tokens: number): void {
    const pieces = this.#pieces.get(id);
    if (pieces) pieces.push([text, tokens]);
    else this.#pieces.set(id, [[text, tokens]]);
    if (this.#timer !== null) return;
    const wait = this.#flushed + TOGETHER_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pieces.size === 0) return;
    this.#flushed = performance.now();
    this.lastSent = this.#flushed;
    for (const [id, pieces] of this.#pieces) this.#send({ type: "texts", id, pieces });
    this.#pieces.clear();
  }
}
