import { evaluate, type Fuel } from "../algebra/evaluate.js";
import { type Expression, freeNames, keyOf, sizeOf, someNode, termsOf } from "../algebra/expression.js";
import { difference, normalForm, textOfP } from "../algebra/normal.js";
import { constantOf } from "../algebra/polynomial.js";
import { SCALE } from "../numbers/interval.js";
import { type Rational, ratio } from "../numbers/rational.js";
import { add, inv, mul, neg, signOf, type Value, wholeValue } from "../numbers/value.js";
import { type EditKind, editsOf } from "./edits.js";
import { environmentOf, type Link, namesOfSides, outcomeAt, type Point } from "./link.js";
import { applyRule, type Rule } from "./rules.js";

/** What kind of slip, undone, makes a false equation an identity. */
type Repair = EditKind | "coefficient";

/** Most single slips that are tried. */
const MOST_EDITS = 1_500;
/** Points at which the identity must hold. */
const NEEDED = 6;

/** Finds one slip that explains why an equation is false where it should hold; null if there is none. */
export function repairOf(link: Link, points: readonly Point[], rules: readonly Rule[], fuel: Fuel): Repair | null {
  const through = (side: Expression) =>
    rules.reduce((value, rule) => {
      fuel.left -= 2 * sizeOf(value);
      return applyRule(value, rule);
    }, side);
  const zero = [link.left, link.right].some((side) => side.op === "number" && side.value.n === 0n);
  const holds = (left: Expression, right: Expression): boolean => {
    const candidate: Link = { ...link, left: through(left), right: through(right) };
    let held = 0;
    for (const point of points) {
      const outcome = outcomeAt(candidate, point, fuel);
      if (!outcome) {
        if (fuel.left < 0) return false;
        continue;
      }
      if (!outcome.holds) return false;
      // 0 = 0 explains nothing.
      if (link.relation === "=" && !zero && signOf(outcome.left) === 0) continue;
      if (++held >= NEEDED && held >= Math.min(points.length, 14)) return true;
    }
    return held >= NEEDED;
  };
  if (link.relation === "=") {
    const byTerm = coefficientRepair(link, points, fuel, holds);
    if (byTerm) return byTerm;
  }
  const letters = [...namesOfSides(link)];
  let tried = 0;
  for (const side of ["left", "right"] as const) {
    for (const { kind, expression } of editsOf(link[side], letters)) {
      if (++tried > MOST_EDITS || fuel.left < 0) return null;
      const [left, right] = side === "left" ? [expression, link.right] : [link.left, expression];
      if (isTrivial(left, right) || !holds(left, right)) continue;
      return kind;
    }
  }
  return null;
}

/** An identity that says nothing: the same on both sides, single products, or numbers. */
function isTrivial(left: Expression, right: Expression): boolean {
  if (freeNames(left).size === 0 && freeNames(right).size === 0) return true;
  return (
    keyOf(left) === keyOf(right) ||
    (!(says(left) || says(right)) && (sizeOf(left) + sizeOf(right) < 9 || !isWorked(left, right)))
  );
}

/** Whether products have something to be worked out: a root, a fraction, a power of a power. */
function isWorked(...sides: readonly Expression[]): boolean {
  return sides.some((side) =>
    someNode(
      side,
      (node) =>
        node.op === "function" ||
        node.op === "divide" ||
        (node.op === "power" &&
          (node.args[0].op === "power" || node.args[0].op === "multiply" || node.args[1].op !== "number")),
    ),
  );
}

/** Whether a side has more to it than one product. */
function says(side: Expression): boolean {
  return someNode(
    side,
    (node) =>
      node.op === "add" ||
      node.op === "sum" ||
      node.op === "product" ||
      (node.op === "function" && node.name !== "root"),
  );
}

/** One term of one side with another coefficient: the same, simple one at every point. */
function coefficientRepair(
  link: Link,
  points: readonly Point[],
  fuel: Fuel,
  holds: (left: Expression, right: Expression) => boolean,
): Repair | null {
  for (const side of ["left", "right"] as const) {
    const terms = termsOf(link[side]);
    if (terms.length < 2 && sizeOf(link[side]) < 4) continue;
    for (const [k, { term, sign }] of terms.entries()) {
      const factor = coefficientAt(link, side, term, sign, points, fuel);
      if (!factor || (factor.n === 0n && terms.length < 2)) continue;
      const args = terms.map((own, j): Expression => {
        const value: Expression =
          j === k ? { op: "multiply", args: [{ op: "number", value: factor }, own.term] } : own.term;
        return own.sign === 1 ? value : { op: "negate", args: [value] };
      });
      const changed: Expression = args.length === 1 ? args[0]! : { op: "add", args };
      const [left, right] = side === "left" ? [changed, link.right] : [link.left, changed];
      if (!isTrivial(left, right) && holds(left, right)) return factor.n === 0n ? "term" : "coefficient";
    }
  }
  return null;
}

function coefficientAt(
  link: Link,
  side: "left" | "right",
  term: Expression,
  sign: 1 | -1,
  points: readonly Point[],
  fuel: Fuel,
) {
  let found: Rational | null = null;
  let seen = 0;
  for (const point of points) {
    if (seen >= 3) break;
    const environment = environmentOf(point, fuel);
    const values = [link.left, link.right, term].map((part) => evaluate(part, environment));
    const [left, right, own] = values;
    if (!left || !right || !own) continue;
    const gap = side === "left" ? add(right, neg(left)) : add(left, neg(right));
    const inverse = inv(own);
    if (!gap || !inverse) continue;
    const change: Value | null = mul(gap, inverse);
    if (!change || change.im) return null;
    const signed = sign === 1 ? change : neg(change);
    const value = add(signed, wholeValue(1));
    const factor = value && simplest(value);
    if (!factor) return null;
    const { n, d } = factor;
    if (n > 40n || n < -40n || d > 12n) return null;
    if (found && (found.n !== n || found.d !== d)) return null;
    found = factor;
    seen++;
  }
  return seen >= 2 ? found : null;
}

/** The number that a value is; of an interval, the one with a denominator up to 12 that lies in it, or null. */
function simplest({ re }: Value): Rational | null {
  if (re.kind === "rational") return re;
  for (let d = 1n; d <= 12n; d++) {
    const n = (re.hi * d) >> SCALE;
    if (n << SCALE >= re.lo * d) return ratio(n, d);
    // The upper end may be the number itself, from below.
    if (((n + 1n) << SCALE) - re.hi * d < 4n * d && re.lo * d <= (n + 1n) << SCALE && (n + 1n) << SCALE <= re.hi * d)
      return ratio(n + 1n, d);
  }
  return null;
}

/**
 * How two sides that are polynomials differ once both are multiplied out: how many terms they share and how many they
 * do not. Null where that can't be said.
 */
export function overlapOf(link: Link): { readonly shared: number; readonly different: number } | null {
  const [left, right] = [normalForm(link.left), normalForm(link.right)];
  const gap = difference(link.left, link.right);
  if (!left || !right || !gap) return null;
  if (textOfP(left.below) !== textOfP(right.below) || !constantOf(left.below)) return null;
  const keys = new Set([...left.above.keys(), ...right.above.keys()]);
  let shared = 0;
  for (const key of keys) {
    const [a, b] = [left.above.get(key), right.above.get(key)];
    if (a && b && a.coefficient.n === b.coefficient.n && a.coefficient.d === b.coefficient.d) shared++;
  }
  return { shared, different: keys.size - shared };
}
