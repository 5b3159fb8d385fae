/** Longest wait before the engine is asked, in milliseconds. */
const LONGEST_MS = 400;
/** VS Code has waited about this long already. */
const WAITED_MS = 75;
/** A pause longer than this is no part of typing. */
const PAUSE_MS = 1_500;
const REMEMBERED = 8;

/**
 * How long to wait before an engine is asked: so long that somebody who types on at the same speed has typed the next
 * key. Nothing is waited for after a pause, or where nobody types.
 */
export class AdaptiveWait {
  readonly #intervals: number[] = [];
  #last: number | null = null;

  /** Notes a request. @param now milliseconds */
  typed(now: number): void {
    const interval = this.#last === null ? null : now - this.#last;
    this.#last = now;
    if (interval === null || interval > PAUSE_MS) this.#intervals.length = 0;
    else this.#intervals.push(interval);
    if (this.#intervals.length > REMEMBERED) this.#intervals.shift();
  }

  /** Milliseconds from the last request on. */
  get milliseconds(): number {
    if (this.#intervals.length < 2) return 0;
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    return Math.max(0, Math.min(LONGEST_MS, 1.2 * sorted[sorted.length >> 1]! - WAITED_MS));
  }
}
