import type { Formula } from "./formula.js";
import { tagKey } from "./formula-tokens.js";

/** A tag or a label of the proof, and whether something refers to it. */
interface Target {
  readonly formula: number;
  readonly tag: number;
  readonly key: string;
  readonly label: boolean;
  name: string | null;
}

/** Stands for the place of a label until it is known which tags are referred to. */
const place = (formula: number, tag: number): string => `\uE005${formula}:${tag}\uE004`;

/** A short name for a text, the same every time (FNV-1a). */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, "0").slice(-5);
}

/**
 * The equation numbers of one proof: which tag each reference means (the nearest before it, else the first after it:
 * a proof may use (1) twice), and fresh labels for those that are used. It holds what has been referred to so far.
 */
export class References {
  readonly #targets: Target[] = [];
  readonly #seed: string;
  readonly #taken: Set<string>;
  #count = 0;

  /**
   * @param formulas by number; null where a formula could not be converted
   * @param order the numbers in the order of the text
   * @param taken labels that exist already
   * @param seed makes the labels of different proofs differ
   */
  constructor(
    formulas: readonly (Formula | null)[],
    order: readonly number[],
    taken: ReadonlySet<string>,
    seed: string,
  ) {
    this.#seed = seed;
    this.#taken = new Set(taken);
    for (const formula of order) {
      const tags = formulas[formula]?.tags ?? [];
      tags.forEach(({ key }, tag) => {
        if (key !== "") this.#targets.push({ formula, tag, key, label: false, name: null });
      });
      for (const label of formulas[formula]?.labels ?? []) {
        this.#targets.push({ formula, tag: 0, key: label, label: true, name: null });
      }
    }
  }

  /** `\eqref` of the tag or label that `key` means after formula number `at`; null if the proof has none. */
  resolve(key: string, at: number, order: ReadonlyMap<number, number>): string | null {
    const wanted = tagKey(key);
    const candidates = this.#targets.filter((target) => (target.label ? target.key === key : target.key === wanted));
    const position = (target: Target): number => order.get(target.formula) ?? 0;
    const here = order.get(at) ?? -1;
    const target = candidates.findLast((candidate) => position(candidate) <= here) ?? candidates[0];
    if (target === undefined) return null;
    target.name ??= this.#sameTag(target) ?? this.#fresh();
    return `\\eqref{${target.name}}`;
  }

  #sameTag(target: Target): string | undefined {
    return this.#targets.find(
      ({ formula, tag, name }) => formula === target.formula && tag === target.tag && name !== null,
    )?.name as string | undefined;
  }

  #fresh(): string {
    let name: string;
    do name = `eq:qed-${this.#seed}-${++this.#count}`;
    while (this.#taken.has(name));
    this.#taken.add(name);
    return name;
  }

  /** What to write where the label of a tag goes; {@link finish} turns it into `\label` or into nothing. */
  mark(formula: number, tag: number): string {
    return place(formula, tag);
  }

  /** Puts the labels in. */
  finish(text: string): string {
    return text.replace(/\uE005(\d+):(\d+)\uE004/g, (_, formula: string, tag: string) => {
      const name = this.#targets.find(
        (target) => target.formula === Number(formula) && target.tag === Number(tag) && target.name !== null,
      )?.name;
      return name === undefined || name === null ? "" : `\\label{${name}}`;
    });
  }
}
