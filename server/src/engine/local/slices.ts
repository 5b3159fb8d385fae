/**
 * How many tokens of a prompt are evaluated at once. The engine hears of a cancel only between slices, and each slice
 * reads all weights once: they are as long as a cancel may wait, and no shorter than what that costs.
 */

/** Longest time of a slice in milliseconds, so that 95 of 100 cancels at a random moment are seen within two seconds. */
const LONGEST_MS = 2000;
/** Where the machine is fast enough, slices take this long, for a finer progress. */
const PLEASANT_MS = 500;
/**
 * A slice of this many tokens costs two percent of the processor's time against one of 192, measured at the 4B shape on
 * one core (66 ms a token); one of 32 costs 11, of 24 13, of 16 20.
 */
const CHEAP_TOKENS = 64;
/** Bounds in tokens, whatever the speed; `most` is the engine's batch. */
const TOKENS = { least: 8, first: 16, most: 512, step: 8 };

/** Slices whose speed is remembered. */
const REMEMBERED = 3;

/** Measures how fast prompts are read and says how long the next slice is. One for all sequences of a model. */
export class SliceMeter {
  /** Of the last slices. */
  readonly #speeds: number[] = [];

  /** Tokens a millisecond: the middle one of them, since a busy machine makes single slices slow. */
  get #tokensPerMs(): number {
    return [...this.#speeds].sort((a, b) => a - b)[(this.#speeds.length - 1) >> 1] ?? 0;
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
