/**
 * How many tokens of a prompt are evaluated at once. The engine hears of a cancel only between slices, and each slice
 * reads all weights once: they are as long as a cancel may wait, and no shorter than what that costs.
 */

/** Longest time of a slice in milliseconds, so that 95 of 100 cancels at a random moment are seen within two seconds. */
const LONGEST_MS = 1600;
/** Where the machine is fast enough, slices take this long, for a finer progress. */
const PLEASANT_MS = 500;
/** A slice of this many tokens costs one percent, measured at the 4B shape on one core; half of it six. */
const CHEAP_TOKENS = 64;
/** Bounds in tokens, whatever the speed; `most` is the engine's batch. */
const TOKENS = { least: 8, first: 16, most: 512, step: 8 };

/** Slices whose speed is remembered. */
const REMEMBERED = 3;

/** Measures how fast prompts are read and says how long the next slice is. One for all sequences of a model. */
export class SliceMeter {
  /** Of the last slices. */
  readonly #speeds: number[] = [];

  /** Tokens a millisecond, of the slowest of them: on a busy machine the next slice may be as slow. */
  get #tokensPerMs(): number {
    return this.#speeds.length === 0 ? 0 : Math.min(...this.#speeds);
  }

  /** Milliseconds a token takes, or null as long as nothing was measured. */
  get msPerToken(): number | null {
    return this.#tokensPerMs === 0 ? null : 1 / this.#tokensPerMs;
  }

  /** A slice of `tokens` took `ms`. */
  measured(tokens: number, ms: number): void {
    this.#speeds.push(tokens / Math.max(0.01, ms));
    if (this.#speeds.length > REMEMBERED) this.#speeds.shift();
  }

  /** Tokens of the next slice. */
  next(): number {
    if (this.#tokensPerMs === 0) return TOKENS.first;
    const allowed = this.#tokensPerMs * LONGEST_MS;
    const wanted = Math.min(allowed, Math.max(CHEAP_TOKENS, this.#tokensPerMs * PLEASANT_MS));
    const stepped = Math.floor(wanted / TOKENS.step) * TOKENS.step;
    return Math.min(TOKENS.most, Math.max(TOKENS.least, stepped));
  }
}
