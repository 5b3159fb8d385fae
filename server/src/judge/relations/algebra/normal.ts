import { invQ, mulQ, ONE, type Rational, whole } from "../numbers/rational.js";
import { type Expression, keyOf, mapNodes } from "./expression.js";
import { addP, atomP, constantOf, constantP, mulP, type Polynomial, powP, scaleP } from "./polynomial.js";

/** A quotient of polynomials; what is not arithmetic (functions, sums, powers with a variable above) is an atom. */
export interface Quotient {
  readonly above: Polynomial;
  readonly below: Polynomial;
}

const ONE_P = constantP(ONE);

/**
 * The normal form of an expression; null where it is too large. Two expressions whose difference has the numerator 0 are
 * equal wherever both are defined: that is the proof behind "identity holds".
 */
export function normalForm(expression: Expression): Quotient | null {
  switch (expression.op) {
    case "number":
      return { above: constantP(expression.value), below: ONE_P };
    case "symbol":
      return atom(expression.name);
    case "negate": {
      const part = normalForm(expression.args[0]);
      const above = part && scaleP(part.above, whole(-1));
      return part && above && { above, below: part.below };
    }
    case "add":
      return fold(expression.args, addF);
    case "multiply":
      return fold(expression.args, mulF);
    case "divide": {
      const [a, b] = expression.args.map(normalForm);
      return a && b && b.above.size > 0 ? mulF(a, { above: b.below, below: b.above }) : null;
    }
    case "power":
      return power(expression.args[0], expression.args[1]);
    case "function":
      return expression.name === "factorial" ? factorial(expression.args[0]!) : opaque(expression);
    default:
      return opaque(expression);
  }
}

/** a − b in normal form. */
export function difference(a: Expression, b: Expression): Quotient | null {
  return normalForm({ op: "add", args: [a, { op: "negate", args: [b] }] });
}

/** Whether a = b is an identity of rational functions, with functions and the like as unknowns. */
export function isIdentity(a: Expression, b: Expression): boolean {
  return difference(a, b)?.above.size === 0;
}

/** The number that an expression is for all values of its letters, null if it is none or that is not seen. */
export function constantValue(expression: Expression): Rational | null {
  const form = normalForm(expression);
  if (!form) return null;
  const [above, below] = [constantOf(form.above), constantOf(form.below)];
  if (!above || !below) return null;
  const inverse = invQ(below);
  return inverse && mulQ(above, inverse);
}

function fold(parts: readonly Expression[], join: (a: Quotient, b: Quotient) => Quotient | null): Quotient | null {
  let result: Quotient | null = null;
  for (const [k, part] of parts.entries()) {
    const next = normalForm(part);
    if (!next) return null;
    result = k === 0 ? next : join(result!, next);
    if (!result) return null;
  }
  return result;
}

function addF(a: Quotient, b: Quotient): Quotient | null {
  if (sameP(a.below, b.below)) {
    const above = addP(a.above, b.above);
    return above && { above, below: a.below };
  }
  const left = mulP(a.above, b.below);
  const right = mulP(b.above, a.below);
  const above = left && right && addP(left, right);
  const below = above && mulP(a.below, b.below);
  return above && below && { above, below };
}

function mulF(a: Quotient, b: Quotient): Quotient | null {
  const above = mulP(a.above, b.above);
  const below = above && mulP(a.below, b.below);
  return above && below && { above, below };
}

function sameP(a: Polynomial, b: Polynomial): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, { coefficient }] of a) {
    const other = b.get(key)?.coefficient;
    if (!other || other.n !== coefficient.n || other.d !== coefficient.d) return false;
  }
  return true;
}

function atom(name: string): Quotient {
  return { above: atomP(name), below: ONE_P };
}

/** A polynomial as a text that is the same for equal ones. */
export function textOfP(a: Polynomial): string {
  return [...a]
    .map(([key, { coefficient }]) => `${coefficient.n}/${coefficient.d}*${key}`)
    .sort()
    .join("+");
}

/** Anything else is an unknown, the same one where its parts are the same up to arithmetic. */
function opaque(expression: Expression): Quotient {
  const canonical = mapNodes(expression, (node) => {
    if (node === expression || node.op === "number" || node.op === "symbol") return node;
    const form = node.op === "sum" || node.op === "product" ? null : normalForm(node);
    return form ? { op: "symbol", name: `[${textOfP(form.above)}:${textOfP(form.below)}]` } : node;
  });
  return atom(`{${keyOf(canonical)}}`);
}

function wholePower(base: Quotient, exponent: number): Quotient | null {
  const [above, below] = [powP(base.above, Math.abs(exponent)), powP(base.below, Math.abs(exponent))];
  if (!above || !below) return null;
  if (exponent >= 0) return { above, below };
  return above.size === 0 ? null : { above: below, below: above };
}

/** b^(2k + 1) is (b^k)² · b, and 4^k is (2^k)². */
function power(base: Expression, exponent: Expression): Quotient | null {
  const above = normalForm(exponent);
  const below = above && constantOf(above.below);
  const base_ = normalForm(base);
  if (!above || !base_) return null;
  const fixed = constantValue(exponent);
  if (fixed?.d === 1n && -60n < fixed.n && fixed.n < 60n) return wholePower(base_, Number(fixed.n));
  if (below?.n !== 1n || below.d !== 1n) return opaque({ op: "power", args: [base, exponent] });
  let result: Quotient | null = { above: ONE_P, below: ONE_P };
  for (const [prime, multiplicity] of primesOf(base_)) {
    for (const [key, { coefficient }] of above.above) {
      const exponentOf = Number(coefficient.n) * multiplicity;
      if (coefficient.d !== 1n || Math.abs(exponentOf) > 60) return opaque({ op: "power", args: [base, exponent] });
      const unit = key === "" ? prime.form : atom(`{${prime.key}^^${key}}`);
      const part = wholePower(unit, exponentOf);
      result = part && result && mulF(result, part);
    }
  }
  return result;
}

interface Base {
  readonly key: string;
  readonly form: Quotient;
}

/** A whole number by its primes; anything else, or a large prime, as it is. */
function primesOf(base: Quotient): readonly (readonly [Base, number])[] {
  const top = constantOf(base.above);
  const bottom = constantOf(base.below);
  if (!top || !bottom || top.d !== 1n || bottom.n !== 1n || bottom.d !== 1n || top.n < 2n || top.n > 10_000n) {
    return [[{ key: `${textOfP(base.above)}:${textOfP(base.below)}`, form: base }, 1]];
  }
  const result: [Base, number][] = [];
  let rest = top.n;
  for (let p = 2n; rest > 1n; p++) {
    let count = 0;
    for (; rest % p === 0n; rest /= p) count++;
    if (count > 0) result.push([{ key: String(p), form: { above: constantP(whole(p)), below: ONE_P } }, count]);
  }
  return result;
}

/** (n + 2)! is (n + 2)(n + 1) · n!. */
function factorial(argument: Expression): Quotient | null {
  const form = normalForm(argument);
  const simple = form && constantOf(form.below);
  const expression: Expression = { op: "function", name: "factorial", args: [argument] };
  if (!form || !simple || simple.n !== 1n || simple.d !== 1n || constantOf(form.above)) return opaque(expression);
  const shift = form.above.get("")?.coefficient ?? whole(0);
  if (shift.d !== 1n || shift.n < -6n || shift.n > 6n) return opaque(expression);
  const base = addP(form.above, constantP(whole(-shift.n)));
  if (!base) return null;
  let result: Quotient | null = atom(`{(function factorial [${textOfP(base)}:${textOfP(ONE_P)}])}`);
  const steps = shift.n < 0n ? -shift.n : shift.n;
  for (let k = 1n; k <= steps && result; k++) {
    const at = addP(base, constantP(whole(shift.n < 0n ? 1n - k : k)));
    const factor: Quotient | null = at && { above: at, below: ONE_P };
    result = factor && mulF(result, shift.n < 0n ? { above: factor.below, below: factor.above } : factor);
  }
  return result;
}
