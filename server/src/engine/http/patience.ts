/** What a request waits for: the connection, the first byte of an answer, the next one, or the rest of one that is whole. */
export type Phase = "connection" | "answer" | "more" | "rest";

/** Barks when what is waited for has not come in time. */
export class Patience {
  readonly #bark: (phase: Phase, seconds: number) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(bark: (phase: Phase, seconds: number) => void) {
    this.#bark = bark;
  }

  /** Waits for this from now on, for so many seconds. */
  for(phase: Phase, seconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#bark(phase, seconds), seconds * 1000);
  }

  /** Passes chunks on; each of them, also a ping, starts the time for the next one. */
  async *watch(body: AsyncIterable<Uint8Array>, seconds: number): AsyncGenerator<Uint8Array, void, void> {
    let begun = false;
    for await (const chunk of body) {
      if (begun) this.#timer?.refresh();
      else this.for("more", seconds);
      begun = true;
      yield chunk;
    }
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
