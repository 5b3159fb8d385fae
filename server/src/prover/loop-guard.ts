/** Length of the pieces by which a repetition is found, in UTF-16 units. */
const GRAM = 64;
/** Shortest exactly periodic tail that is a loop. Mathematics repeats itself, but not for so long. */
const PERIODIC_TAIL = 1200;
/**
 * Longest period that is looked for. Longer repetitions are no stutter of a model: the shortest of 42 published proofs
 * has 1,897 characters, and a text may hold a proof twice.
 */
const LONGEST_PERIOD = 1700;
/** The text in which repeated pieces are counted, and how many of its pieces make it a loop. */
const WINDOW = 4000;
const MOST_REPEATED = 0.8 * WINDOW;

/** Powers of two above what is looked back at. */
const RING = 8192;
const TABLE_BITS = 16;
/** Multiplier of the rolling hash (odd, from Knuth's golden ratio), and its power that takes the oldest unit out. */
const BASE = 0x9e3779b1 | 0;
const OUT = power(BASE, GRAM);

/** A text goes round in circles. Offsets are into all that was pushed. */
export interface Loop {
  /** Where its first round ends: what comes after it was there before. */
  readonly firstRound: number;
}

/**
 * Finds out while a text grows that it has begun to loop: it ends in an exactly periodic tail, at least two rounds and
 * {@link PERIODIC_TAIL} characters of it, or nearly all 64-grams of its last 4,000 characters are repeated within
 * {@link LONGEST_PERIOD} characters of each other. Constant work a character, constant memory (about 370 kB).
 */
export class LoopGuard {
  /** By position modulo {@link RING}: the unit, the hash of the gram that ends there, and what is known of that gram. */
  readonly #units = new Uint16Array(RING);
  readonly #hashes = new Int32Array(RING);
  readonly #marks = new Uint8Array(RING);
  /** By hash: where such a gram ended last, plus one. */
  readonly #last = new Int32Array(1 << TABLE_BITS);
  #length = 0;
  #hash = 0;
  #repeated = 0;
  /** A period that the text has been following for `#followed` units; 0 if none. */
  #period = 0;
  #followed = 0;

  /** Takes more of the text. The loop, once it is one; null before. */
  push(text: string): Loop | null {
    for (let index = 0; index < text.length; index++) {
      const loop = this.#unit(text.charCodeAt(index));
      if (loop !== null) return loop;
    }
    return null;
  }

  #unit(unit: number): Loop | null {
    const at = this.#length++;
    const slot = at & (RING - 1);
    this.#units[slot] = unit;
    const oldest = at >= GRAM ? this.#units[(at - GRAM) & (RING - 1)]! : 0;
    this.#hash = (Math.imul(this.#hash, BASE) + unit + 1 - (at >= GRAM ? Math.imul(OUT, oldest + 1) : 0)) | 0;
    this.#hashes[slot] = this.#hash;
    this.#marks[slot] = 0;
    if (at >= WINDOW && (this.#marks[(at - WINDOW) & (RING - 1)]! & REPEATED) !== 0) this.#repeated--;
    if (at < GRAM - 1) return null;
    this.#follow(at, unit);
    const entry = (this.#hash ^ (this.#hash >>> TABLE_BITS)) & ((1 << TABLE_BITS) - 1);
    const before = this.#last[entry]! - 1;
    this.#last[entry] = at + 1;
    if (before >= 0 && at - before <= LONGEST_PERIOD && this.#hashes[before & (RING - 1)] === this.#hash) {
      this.#mark(slot, REPEATED | SEEN);
      this.#mark(before & (RING - 1), REPEATED);
      if (this.#period === 0) {
        this.#period = at - before;
        this.#followed = GRAM;
      }
    }
    if (this.#period > 0 && this.#followed >= Math.max(this.#period, PERIODIC_TAIL - this.#period)) {
      return { firstRound: at + 1 - this.#followed };
    }
    return this.#repeated >= MOST_REPEATED ? { firstRound: this.#sinceWhen(at) } : null;
  }

  #follow(at: number, unit: number): void {
    if (this.#period === 0) return;
    if (this.#units[(at - this.#period) & (RING - 1)] === unit) this.#followed++;
    else this.#period = 0;
  }

  #mark(slot: number, marks: number): void {
    const before = this.#marks[slot]!;
    this.#marks[slot] = before | marks;
    if ((before & REPEATED) === 0) this.#repeated++;
  }

  /** Where the pieces that were there before begin: the start of the last stretch in which most of them were. */
  #sinceWhen(at: number): number {
    let start = at;
    let seen = 0;
    let looked = 0;
    for (let back = at; back > Math.max(GRAM, at - WINDOW); back--) {
      looked++;
      if ((this.#marks[back & (RING - 1)]! & SEEN) === 0) continue;
      seen++;
      if (seen > looked / 2) start = back;
    }
    return Math.max(0, start + 1 - GRAM);
  }
}

/** A gram that occurs near another of its kind; one that had occurred before. */
const REPEATED = 1;
const SEEN = 2;

function power(base: number, exponent: number): number {
  let result = 1;
  for (let index = 0; index < exponent; index++) result = Math.imul(result, base);
  return result;
}
