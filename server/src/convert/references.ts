import type { Formula } from "./formula.js";
import type { Refer } from "./formula-text.js";
import { tagKey } from "./formula-tokens.js";

/** A tag or a label of the proof, and whether something refers to it. */
interface Target {
  readonly formula: number;
  readonly tag: number;
  readonly key: string;
  readonly label: boolean;
  name: string | null;
}

type Form = Parameters<Refer>[1];

/** The labels that a document and its project have. */
export interface Taken {
  has(label: string): boolean;
}

/** Stands for the place of a label until it is known which tags are referred to. */
const place = (formula: number, tag: number): string => `\uE005${formula}:${tag}\uE004`;

/** Whether a name can be a label: nothing that TeX would carry out. */
const isLabel = (name: string): boolean => /^[\p{L}\p{N} .:/_+*'-]{1,80}$/u.test(name);

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
  readonly #taken: Taken;
  readonly #amsmath: boolean;
  readonly #formulas: readonly (Formula | null)[];
  #count = 0;

  /**
   * @param formulas by number; null where a formula could not be converted
   * @param order the numbers in the order of the text
   * @param taken labels that exist already
   * @param seed makes the labels of different proofs differ
   * @param amsmath without it, a reference to a tag is what the tag prints: `\ref` would give another number
   */
  constructor(
    formulas: readonly (Formula | null)[],
    order: readonly number[],
    taken: Taken,
    seed: string,
    amsmath = true,
  ) {
    this.#seed = seed;
    this.#taken = taken;
    this.#amsmath = amsmath;
    this.#formulas = formulas;
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

  /**
   * The LaTeX of a reference to the tag or label that `key` means after formula number `at`: `\eqref`, or `(1)` where
   * amsmath is missing. A label that the document has keeps its name. null if there is none.
   * @param form how the model writes it: a label of the document is meant in `\ref{…}`, never in "(a)"
   */
  resolve(key: string, at: number, order: ReadonlyMap<number, number>, form: Form = "text"): string | null {
    const wanted = tagKey(key);
    const candidates = this.#targets.filter((target) => (target.label ? target.key === key : target.key === wanted));
    const position = (target: Target): number => order.get(target.formula) ?? 0;
    const here = order.get(at) ?? -1;
    const target = candidates.findLast((candidate) => position(candidate) <= here) ?? candidates[0];
    if (target === undefined)
      return form !== "text" && isLabel(key) && this.#taken.has(key) ? this.#reference(key, form) : null;
    const tag = this.#amsmath ? undefined : this.#formulas[target.formula]?.tags[target.tag];
    if (tag !== undefined) return tag.starred || form === "ref" ? tag.text : `(${tag.text})`;
    target.name ??= this.#sameTag(target) ?? this.#fresh();
    return this.#reference(target.name, form);
  }

  #reference(label: string, form: Form): string {
    if (form === "ref") return `\\ref{${label}}`;
    return this.#amsmath ? `\\eqref{${label}}` : `(\\ref{${label}})`;
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
