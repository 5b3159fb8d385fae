import type { Context, Fact } from "../claims/context.js";
import type { Gate } from "../claims/gates.js";
import type { Link, Outcome } from "../search/link.js";

/**
 * What is known of a link. A refuted one carries the outcome that shows it, for the link with stated definitions put in.
 */
export type Verdict =
  | { readonly kind: "proved" }
  | { readonly kind: "agrees"; readonly points: number }
  | { readonly kind: "follows" }
  | {
      readonly kind: "refuted";
      readonly outcome: Outcome;
      readonly link: Link;
      readonly because: string;
      readonly hint: string | null;
    }
  | { readonly kind: "silent"; readonly reason: string };

/** What the chain around a link tells about it. */
export interface Surroundings {
  readonly context: Context;
  readonly chain: { readonly start: number; readonly end: number };
  /** Another link of the chain holds and says something, or a longer span across this one holds. */
  readonly supported: boolean;
  readonly gate: Gate | null;
  /** Whether what is stated there may be meant here: it stands shortly before, in the same case. */
  readonly isLocal: (fact: Fact) => boolean;
  /** The words of the sentence and what is near. */
  readonly near: string;
  /** The relation is asserted for all values: "for all real x". */
  readonly universal: boolean;
}

/** Silence, with its reason. */
export const silent = (reason: string): Verdict => ({ kind: "silent", reason });

/** The outcome that is easiest to check by hand: exact, with short values. */
export function clearest(failed: readonly Outcome[]): Outcome {
  const cost = ({ point, left, right }: Outcome) => {
    let sum = 0;
    for (const { re, im } of [...point.values.values(), left, right]) {
      sum +=
        re.kind === "interval"
          ? 40
          : String(re.n).length + (re.d === 1n ? 0 : 3 + String(re.d).length) + (re.n < 0n ? 2 : 0);
      if (im) sum += 6;
    }
    // 0 and 1 hide much.
    for (const { re } of point.values.values())
      if (re.kind === "rational" && re.d === 1n && (re.n === 0n || re.n === 1n)) sum += 2;
    return sum;
  };
  return failed.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}
