import { UNIT } from "../numbers/interval.js";
import { gcdOf, ONE, whole, ZERO } from "../numbers/rational.js";
import { acosI, asinI, atanI, cosI, expI, logI, sinI } from "../numbers/transcendental.js";
import {
  absolute,
  add,
  asWhole,
  compare,
  exp,
  floorOf,
  inv,
  lift,
  mul,
  neg,
  real,
  root,
  signOf,
  type Value,
  wholeValue,
} from "../numbers/value.js";

/** e. */
export const E_VALUE: Value = real(expI({ kind: "interval", lo: UNIT, hi: UNIT })!);

/** Largest argument of a factorial. */
const LARGEST_FACTORIAL = 300n;

/** The value of a named function; null outside its domain or where it can't be computed. */
export function callFunction(name: string, args: readonly Value[]): Value | null {
  const [a, b] = args;
  if (!a) return null;
  const isZero = signOf(a) === 0;
  switch (name) {
    case "sin":
      return isZero ? a : lift(sinI, a);
    case "cos":
      return isZero ? real(ONE) : lift(cosI, a);
    case "tan":
      return isZero ? a : quotient(lift(sinI, a), lift(cosI, a));
    case "cot":
      return quotient(lift(cosI, a), lift(sinI, a));
    case "sec":
      return reciprocal(lift(cosI, a));
    case "csc":
      return reciprocal(lift(sinI, a));
    case "asin":
      return isZero ? a : lift(asinI, a);
    case "acos":
      return lift(acosI, a);
    case "atan":
      return isZero ? a : lift(atanI, a);
    case "sinh":
    case "cosh":
    case "tanh":
      return hyperbolic(name, a);
    case "exp":
      return exp(a);
    case "ln":
      return compare(a, real(ONE)) === 0 ? real(ZERO) : lift(logI, a);
    case "log":
      return b ? logarithm(a, b) : null;
    case "root":
      return b ? nthRoot(a, b) : null;
    case "abs":
      return absolute(a);
    case "floor":
      return floorOf(a);
    case "ceil": {
      const below = floorOf(neg(a));
      return below && neg(below);
    }
    case "factorial":
      return factorial(a, 1n);
    case "double-factorial":
      return factorial(a, 2n);
    case "binomial":
      return b ? binomial(a, b) : null;
    case "mod":
      return b && signOf(b) === 1 ? remainder(a, b) : null;
    case "conjugate":
      return { re: a.re, im: a.im && neg(real(a.im)).re };
    case "re":
      return real(a.re);
    case "im":
      return real(a.im ?? ZERO);
    case "max":
    case "min":
      return extreme(args, name === "max" ? 1 : -1);
    default:
      return name === "gcd" || name === "lcm" ? divisors(name, args) : null;
  }
}

function reciprocal(a: Value | null): Value | null {
  return a && inv(a);
}

function quotient(a: Value | null, b: Value | null): Value | null {
  const inverse = b && inv(b);
  return a && inverse && mul(a, inverse);
}

/** a − m ⌊a / m⌋. */
function remainder(a: Value, m: Value): Value | null {
  const ratio = quotient(a, m);
  const below = ratio && floorOf(ratio);
  const product = below && mul(m, neg(below));
  return product && add(a, product);
}

function hyperbolic(name: string, a: Value): Value | null {
  const up = exp(a);
  const down = exp(neg(a));
  const half = real({ kind: "rational", n: 1n, d: 2n });
  const sum = up && down && add(up, down);
  const difference = up && down && add(up, neg(down));
  if (!sum || !difference) return null;
  if (name === "tanh") return quotient(difference, sum);
  return mul(half, name === "cosh" ? sum : difference);
}

function logarithm(a: Value, base: Value): Value | null {
  const [top, bottom] = [lift(logI, a), lift(logI, base)];
  if (!top || !bottom) return null;
  // Powers of the base have whole logarithms.
  const [n, b] = [asWhole(a), asWhole(base)];
  if (n !== null && b !== null && n > 0n && b > 1n) {
    let power = 1n;
    let exponent = 0n;
    for (; power < n; exponent++) power *= b;
    if (power === n) return wholeValue(exponent);
  }
  return quotient(top, bottom);
}

function nthRoot(a: Value, degree: Value): Value | null {
  const k = asWhole(degree);
  return k !== null && k >= 1n && k <= 40n ? root(a, Number(k)) : null;
}

function factorial(a: Value, step: bigint): Value | null {
  const n = asWhole(a);
  if (n === null || n < 0n || n > LARGEST_FACTORIAL) return null;
  let product = 1n;
  for (let k = n; k > 1n; k -= step) product *= k;
  return wholeValue(product);
}

/** Zero for k below 0 or above n ≥ 0, as combinatorics has it. */
function binomial(a: Value, b: Value): Value | null {
  const k = asWhole(b);
  if (k === null || k > 200n || a.im) return null;
  if (k < 0n) return wholeValue(0);
  const n = asWhole(a);
  if (n !== null && n >= 0n && k > n) return wholeValue(0);
  let result: Value | null = real(ONE);
  for (let j = 0n; j < k && result; j++) {
    const factor = add(a, wholeValue(-j));
    const scaled: Value | null = factor && mul(result, factor);
    result = scaled && mul(scaled, real({ kind: "rational", n: 1n, d: j + 1n }));
  }
  return result;
}

function extreme(args: readonly Value[], sign: 1 | -1): Value | null {
  let best = args[0]!;
  for (const value of args) {
    const order = compare(value, best);
    if (order === null) return null;
    if (order === sign) best = value;
  }
  return best;
}

function divisors(name: "gcd" | "lcm", args: readonly Value[]): Value | null {
  let result: bigint | null = null;
  for (const value of args) {
    let n = asWhole(value);
    if (n === null) return null;
    if (n < 0n) n = -n;
    if (result === null) result = n;
    else if (name === "gcd") result = result === 0n && n === 0n ? 0n : gcdOf(result, n);
    else result = result === 0n || n === 0n ? 0n : (result / gcdOf(result, n)) * n;
  }
  return result === null ? null : real(whole(result));
}
