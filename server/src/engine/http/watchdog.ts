/** Barks when nothing has come for a while. Runs from its making until `stop`. */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;

  /** @param seconds of silence, more than 0 */
  constructor(seconds: number, bark: () => void) {
    this.#timer = setTimeout(bark, seconds * 1000);
  }

  /** Passes chunks on; each of them, also a ping, starts the time anew. */
  async *watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of body) {
      this.#timer.refresh();
      yield chunk;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
