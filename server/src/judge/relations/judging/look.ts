import type { TextRange } from "../../../document/types.js";
import type { Fuel } from "../algebra/evaluate.js";
import { freeNames, keyOf, sizeOf } from "../algebra/expression.js";
import { isIdentity } from "../algebra/normal.js";
import { type Context, type Fact, isOf } from "../claims/context.js";
import { textOf } from "../numbers/value.js";
import { isOpaque, type Link, lettersOfLink, type Outcome, outcomeAt, type Point } from "../search/link.js";
import { plainName, pointsFor } from "../search/points.js";

/** What a first look at a link says: proved, or how it fares at points. */
export interface Look {
  readonly proved: boolean;
  /** Outcomes at points that satisfy what is stated nearby. */
  readonly outcomes: readonly Outcome[];
  /** All points that were tried, those included that stated relations rule out. */
  readonly points: readonly Point[];
  /** Whether stated inequalities and congruences left no point at all. */
  readonly empty: boolean;
}

/** Fewest points with values on both sides that count, where there are letters. */
export const FEWEST = 6;

/** Largest stated relation that is used as a bound, in nodes of both sides. */
export const LARGEST_BOUND = 60;

/** Tries to prove a link, else evaluates it at points. */
export function lookAt(link: Link, context: Context, chain: TextRange, fuel: Fuel, largestBound = LARGEST_BOUND): Look {
  if (link.relation === "=" && isIdentity(link.left, link.right))
    return { proved: true, outcomes: [], points: [], empty: false };
  const all = pointsFor(link, context, 1);
  const bounds = boundsFor(link, context, chain, largestBound);
  const points = bounds.length === 0 ? all : all.filter((point) => bounds.every((fact) => allows(fact, point, fuel)));
  // Where the few points are too small for "n ≥ 9", the same ones farther out may do.
  const kinds = new Set(points.map((point) => [...point.values.values()].map(textOf).join(" "))).size;
  const reached =
    kinds >= 2 * FEWEST || bounds.length === 0 ? points : [...points, ...farther(link, context, bounds, fuel)];
  // An identity does not ask for bounds, which may be those of other cases.
  const shifted = link.relation === "=" && reached.length < FEWEST ? all : reached;
  const outcomes: Outcome[] = [];
  const tried = new Set<string>();
  const opaque = isOpaque(link);
  for (const point of shifted) {
    const key = opaque ? "" : [...point.values.values()].map(textOf).join(" ");
    if (key !== "" && tried.has(key)) continue;
    tried.add(key);
    const outcome = outcomeAt(link, point, fuel);
    if (outcome) outcomes.push(outcome);
  }
  return {
    proved: false,
    outcomes,
    points: shifted.length > 0 ? shifted : all,
    empty: shifted.length === 0 && all.length > 0,
  };
}

/** Stated inequalities, congruences and divisibilities about letters of the link alone, outside its chain. */
export function boundsFor(link: Link, context: Context, chain: TextRange, largest = LARGEST_BOUND): Link[] {
  const letters = new Set(lettersOfLink(link));
  const bounds: Link[] = [];
  for (const fact of context.facts) {
    if (bounds.length >= 16) break;
    if (!isBound(fact) || !fact.left || !fact.right || isOf(chain, fact)) continue;
    const candidate: Link = { relation: fact.relation, left: fact.left, right: fact.right, modulus: fact.modulus };
    const own = [...freeNames(fact.left), ...freeNames(fact.right)].filter(
      (name) => name !== "\\pi" && !name.startsWith("const "),
    );
    if (own.length === 0 || !own.every((name) => letters.has(name))) continue;
    const repeats = keyOf(fact.left) === keyOf(link.left) && keyOf(fact.right) === keyOf(link.right);
    if (!repeats && sizeOf(fact.left) + sizeOf(fact.right) <= largest) bounds.push(candidate);
  }
  return bounds;
}

function isBound({ relation }: Fact): boolean {
  return relation !== "=" && relation !== ":=";
}

/** Whether a point satisfies a bound, as far as that can be told. */
export function allows(bound: Link, point: Point, fuel: Fuel): boolean {
  return outcomeAt(bound, point, fuel)?.holds !== false;
}

function farther(link: Link, context: Context, bounds: readonly Link[], fuel: Fuel): Point[] {
  const points: Point[] = [];
  for (const seed of [11, 12, 13, 14]) {
    for (const point of pointsFor(link, context, seed)) {
      const values = new Map(point.values);
      for (const [name, value] of values) {
        const domain = context.domains.get(plainName(name));
        if (value.re.kind === "rational" && !domain?.prime) {
          const shift = BigInt((seed - 10) * 4 - 2);
          const even = domain?.odd || domain?.even ? shift * 2n : shift;
          values.set(name, { ...value, re: { ...value.re, n: value.re.n + even * value.re.d } });
        }
      }
      const moved = { ...point, values };
      if (bounds.every((bound) => allows(bound, moved, fuel))) points.push(moved);
      if (points.length >= 14) return points;
    }
  }
  return points;
}
