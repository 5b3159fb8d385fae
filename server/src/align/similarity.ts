import type { ProofUnit } from "./units.js";

/** What a unit says, as a bag: a word or formula → how often. */
export type Bag = ReadonlyMap<string, number>;

/** The bag of a unit: its words, its formulas as wholes, and the pairs of symbols in them. */
export function bagOf(unit: ProofUnit): Bag {
  const bag = new Map<string, number>();
  const add = (key: string) => bag.set(key, (bag.get(key) ?? 0) + 1);
  for (const { kind, text, symbols } of unit.tokens) {
    if (kind === "word") add(`w${text}`);
    if (kind !== "formula" || text === "") continue;
    add(`f${text}`);
    for (let i = 1; i < symbols.length; i++) add(`p${symbols[i - 1]!.text} ${symbols[i]!.text}`);
  }
  return bag;
}

/** How much each part of a bag tells within one proof: what stands in every sentence tells little. */
export class Weights {
  readonly #in = new Map<string, number>();
  readonly #units: number;

  constructor(bags: readonly Bag[]) {
    this.#units = bags.length;
    for (const bag of bags) for (const key of bag.keys()) this.#in.set(key, (this.#in.get(key) ?? 0) + 1);
  }

  of(key: string): number {
    const units = this.#in.get(key);
    // A word that the proof doesn't have may be a synonym of one that it has.
    const rare = units === undefined ? 0.6 : Math.log(1 + this.#units / units) / Math.log(1 + this.#units);
    if (key[0] === "w") return rare;
    return key[0] === "f" ? rare * (1 + Math.min(1, key.length / 40)) : rare * 0.3;
  }
}

/** How alike two bags are, 0 to 1: the weighted coefficient of Dice (1945) on multisets. */
export function similarity(a: Bag, b: Bag, weights: Weights): number {
  let common = 0;
  let sum = 0;
  for (const [key, count] of a) {
    const weight = weights.of(key);
    sum += weight * count;
    common += weight * Math.min(count, b.get(key) ?? 0);
  }
  for (const [key, count] of b) sum += weights.of(key) * count;
  return sum === 0 ? 0 : (2 * common) / sum;
}
