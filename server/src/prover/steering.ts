/** What a person asks of a run while it goes on. */
export type Command =
  /** Close the thought, write the proof. */
  | { readonly kind: "finishNow" }
  /** A sentence for the thought, which goes on. */
  | { readonly kind: "hint"; readonly hint: string }
  /** Stop the engine, keep the text, go on when told to. */
  | { readonly kind: "pause" };

/** Said while nothing is known of the engine yet. */
const NOT_YET = "The run has not begun to think yet. Try again in a moment.";

/**
 * The reins of one run: what a person asks of it, handed to the thought loop between two tokens. Each request answers
 * null, or one sentence why it can't be done; then the run goes on as if nothing had been asked.
 */
export class Steering {
  #check: (command: Command) => string | null = ({ kind }) => (kind === "pause" ? null : NOT_YET);
  /** What waits, in the order in which it was asked. */
  readonly #commands: Command[] = [];
  #interrupt: (() => void) | null = null;
  #resume: (() => void) | null = null;
  #suspended = false;
  #over = false;

  finishNow(): string | null {
    return this.#give({ kind: "finishNow" });
  }

  hint(hint: string): string | null {
    return this.#give({ kind: "hint", hint });
  }

  pause(): string | null {
    if (this.isPaused) return null;
    return this.#give({ kind: "pause" });
  }

  /** Goes on after a pause. */
  resume(): string | null {
    const pause = this.#commands.findIndex(({ kind }) => kind === "pause");
    if (pause >= 0) {
      this.#commands.splice(pause, 1);
      return null;
    }
    if (this.#resume === null) return this.#over ? "This run has ended." : "This run is not paused.";
    this.#resume();
    return null;
  }

  /** Whether the run stands still. */
  get isPaused(): boolean {
    return this.#resume !== null;
  }

  /** Leaves the run paused on disk, for another process to go on with: its engine is about to end. */
  suspend(): void {
    this.#suspended = true;
    this.#interrupt?.();
    this.#resume?.();
  }

  /** For the loop: tells what can be done from now on. */
  attach(check: (command: Command) => string | null): void {
    this.#check = check;
  }

  /** For the loop: the request that waits longest, if any; it is taken. */
  take(): Command | null {
    return this.#commands.shift() ?? null;
  }

  /** For the loop: whether a request waits or the run is to be left. */
  get isWaiting(): boolean {
    return this.#commands.length > 0 || this.#suspended;
  }

  /** For the loop: whether the run is to be left as it is. */
  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** For the loop: what is called as soon as a request waits; null takes it away. */
  onRequest(interrupt: (() => void) | null): void {
    this.#interrupt = interrupt;
  }

  /** For the loop: waits until the run is to go on. Rejects with the signal's reason. */
  async resumed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#suspended) return;
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#resume = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
    }).finally(() => {
      this.#resume = null;
    });
  }

  /** For the loop: nothing can be asked any more. */
  end(): void {
    this.#over = true;
    this.#check = () => "This run has ended.";
  }

  #give(command: Command): string | null {
    const problem = this.#check(command);
    if (problem !== null) return problem;
    this.#commands.push(command);
    this.#interrupt?.();
    return null;
  }
}
