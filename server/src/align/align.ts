import { type Bag, bagOf, similarity, Weights } from "./similarity.js";
import { type ProofUnit, proofUnits } from "./units.js";
import { placeWithin } from "./within.js";

/** Where a found proof goes on for what is written of it. */
export interface Continuation {
  /** Offset in the found proof from which the rest is offered. */
  readonly offset: number;
  /** Where what can be offered ends: at the end, or where the author has written on already. */
  readonly end: number;
  /** If the place is inside a formula, where that ends, before its delimiter. */
  readonly formulaEnd: number | null;
  /** Whether a sentence begins there. */
  readonly atSentence: boolean;
  /** How sure the place is, 0 to 1. */
  readonly confidence: number;
}

/** A pair below this is no match; chosen by hand, and tried only by the replays of `npm run bench:ghost-text`. */
const LIKE = 0.4;
/** The last sentence that is written must be this much like its partner. */
const SURE = 0.5;
/** By how much the best place must be better than the next. */
const MARGIN = 0.12;
const SKIP_WRITTEN = 0.08;
const SKIP_FOUND = 0.012;
/** A beginning of a word shorter than this says nothing of its sentence. */
const TELLING = 3;
/** How many sentences may have been left out before one that is half written. */
const AHEAD = 6;
/** Most written sentences that are compared; earlier ones say little of the place. */
const WINDOW = 60;
const MOST_ROWS = 400;

/** A found proof, prepared so that each keystroke compares one sentence only. */
export class FoundProof {
  readonly text: string;
  readonly units: readonly ProofUnit[];
  readonly #bags: readonly Bag[];
  readonly #weights: Weights;
  readonly #rows = new Map<string, Float64Array>();

  constructor(text: string) {
    this.text = text;
    this.units = proofUnits(text);
    this.#bags = this.units.map(bagOf);
    this.#weights = new Weights(this.#bags);
  }

  /**
   * Where the rest is offered from, given what is written before and after the place, in any wording and markup; null
   * where that can't be told, or where nothing is left to offer.
   */
  continuation(before: string, after = ""): Continuation | null {
    const written = proofUnits(before).slice(-WINDOW);
    const place = this.#place(before, written);
    if (place === null) return null;
    const end = this.#endBefore(place.offset, after);
    return place.offset >= end || this.text.slice(place.offset, end).trim() === "" ? null : { ...place, end };
  }

  #place(before: string, written: readonly ProofUnit[]): Omit<Continuation, "end"> | null {
    const last = written.at(-1);
    if (last === undefined) return this.#atUnit(0, 1);
    const typing = !last.ended && !/\n[ \t>]*\n[ \t>]*$/.test(before.slice(last.end));
    if (!typing) return this.#afterUnit(before, written);
    const previous = written.slice(0, -1);
    const known = previous.length === 0 ? { unit: -1, confidence: 1 } : this.#partner(before, previous);
    if (known === null) return this.#inside(last, 0, this.units.length, true);
    const here = this.#inside(last, known.unit + 1, known.unit + 1 + AHEAD, false);
    return here && { ...here, confidence: here.confidence * known.confidence };
  }

  /** The place in a sentence that is half written, among the units of a range; null unless exactly one fits best. */
  #inside(last: ProofUnit, from: number, to: number, alone: boolean): Omit<Continuation, "end"> | null {
    const words = last.tokens.filter(({ kind }) => kind === "word" || kind === "formula");
    const short = words.length === 1 && words[0]!.text.length < TELLING;
    if (words.length === 0 || short || (alone && words.length < 5)) return null;
    const fits = this.units.slice(from, to).flatMap((unit, k) => {
      const place = placeWithin(last, unit);
      return place === null ? [] : [{ unit: from + k, ...place }];
    });
    const worth = ({ agreement, unit }: { agreement: number; unit: number }) => agreement - (unit - from) * 0.02;
    fits.sort((a, b) => worth(b) - worth(a));
    const [best, second] = fits;
    if (!best) return null;
    // What one word begins, any sentence may: then nothing else may begin with it.
    if (second && (words.length <= 2 || worth(best) - worth(second) < 0.2)) {
      if (second.agreement > best.agreement - 0.2) return null;
    }
    const { offset, formulaEnd, agreement } = best;
    return { offset, formulaEnd, atSentence: false, confidence: agreement };
  }

  #afterUnit(before: string, written: readonly ProofUnit[]): Omit<Continuation, "end"> | null {
    const partner = this.#partner(before, written);
    return partner && this.#atUnit(partner.unit + 1, partner.confidence);
  }

  #atUnit(index: number, confidence: number): Omit<Continuation, "end"> | null {
    const unit = this.units[index];
    if (!unit) return null;
    const offset = index === 0 ? 0 : this.units[index - 1]!.end;
    return { offset, formulaEnd: null, atSentence: true, confidence };
  }

  /** The unit that answers to the last written one in the best alignment that keeps the order; null if unsure. */
  #partner(
    before: string,
    written: readonly ProofUnit[],
  ): { readonly unit: number; readonly confidence: number } | null {
    const m = this.units.length;
    const rows = written.map((unit) => this.#row(before, unit));
    let best = new Float64Array(m + 1);
    for (let j = 1; j <= m; j++) best[j] = best[j - 1]! - SKIP_FOUND;
    let matched = best;
    for (const row of rows) {
      const next = new Float64Array(m + 1);
      matched = new Float64Array(m + 1);
      next[0] = best[0]! - SKIP_WRITTEN;
      for (let j = 1; j <= m; j++) {
        matched[j] = best[j - 1]! + row[j - 1]! - LIKE;
        next[j] = Math.max(matched[j]!, best[j]! - SKIP_WRITTEN, next[j - 1]! - SKIP_FOUND);
      }
      best = next;
    }
    let unit = -1;
    for (let j = 1; j <= m; j++) if (unit < 0 || matched[j]! > matched[unit + 1]!) unit = j - 1;
    const last = rows.at(-1)!;
    if (unit < 0 || last[unit]! < SURE) return null;
    for (let j = 1; j <= m; j++) {
      if (j - 1 !== unit && last[j - 1]! >= LIKE && matched[unit + 1]! - matched[j]! < MARGIN) return null;
    }
    return { unit, confidence: last[unit]! };
  }

  #row(before: string, unit: ProofUnit): Float64Array {
    const key = before.slice(unit.start, unit.end);
    let row = this.#rows.get(key);
    if (!row) {
      const bag = bagOf(unit);
      row = Float64Array.from(this.#bags, (other) => similarity(bag, other, this.#weights));
      if (this.#rows.size >= MOST_ROWS) this.#rows.delete(this.#rows.keys().next().value!);
      this.#rows.set(key, row);
    }
    return row;
  }

  /** The first place from `offset` on that the author has written already. */
  #endBefore(offset: number, after: string): number {
    const next = proofUnits(after).slice(0, 8);
    const from = this.units.findIndex(({ end }) => end > offset);
    if (next.length === 0 || from < 0) return this.text.length;
    const rows = next.map((unit) => this.#row(after, unit));
    const stop = this.units.findIndex((_, k) => k >= from && rows.some((row) => row[k]! >= SURE));
    if (stop < 0) return this.text.length;
    return stop === 0 ? 0 : Math.max(offset, this.units[stop - 1]!.end);
  }
}
