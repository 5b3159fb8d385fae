import { addI, around, type Interval, interval, invI, most, mulI, negI, rootI, SCALE, UNIT } from "./interval.js";
import {
  addQ,
  compareQ,
  exactRoot,
  floorDiv,
  invQ,
  mulQ,
  negQ,
  ONE,
  powQ,
  type Rational,
  ratio,
  textOfQ,
  whole,
  ZERO,
} from "./rational.js";
import { cosI, expI, logI, sinI } from "./transcendental.js";

/** A real number: exact, or in an interval. */
export type Real = Rational | Interval;

/** A number; `im` is null for real ones. All functions here answer null for what has no value or can't be computed. */
export interface Value {
  readonly re: Real;
  readonly im: Real | null;
}

/** A real value. */
export function real(re: Real): Value {
  return { re, im: null };
}

/** A whole value. */
export function wholeValue(n: bigint | number): Value {
  return real(whole(n));
}

/** The interval of a real number. */
function asInterval(x: Real): Interval {
  return x.kind === "interval" ? x : around(x);
}

function addR(a: Real, b: Real): Real | null {
  return a.kind === "rational" && b.kind === "rational" ? addQ(a, b) : addI(asInterval(a), asInterval(b));
}

function mulR(a: Real, b: Real): Real | null {
  if (a.kind === "rational" && b.kind === "rational") return mulQ(a, b);
  if ((a.kind === "rational" && a.n === 0n) || (b.kind === "rational" && b.n === 0n)) return ZERO;
  return mulI(asInterval(a), asInterval(b));
}

function negR(a: Real): Real {
  return a.kind === "rational" ? negQ(a) : negI(a);
}

function complex(re: Real | null, im: Real | null): Value | null {
  if (!re || !im) return null;
  return im.kind === "rational" && im.n === 0n ? real(re) : { re, im };
}

/** a + b. */
export function add(a: Value, b: Value): Value | null {
  if (!a.im && !b.im) {
    const re = addR(a.re, b.re);
    return re && real(re);
  }
  return complex(addR(a.re, b.re), addR(a.im ?? ZERO, b.im ?? ZERO));
}

/** −a. */
export function neg(a: Value): Value {
  return { re: negR(a.re), im: a.im && negR(a.im) };
}

/** a · b. */
export function mul(a: Value, b: Value): Value | null {
  if (!a.im && !b.im) {
    const re = mulR(a.re, b.re);
    return re && real(re);
  }
  const [ai, bi] = [a.im ?? ZERO, b.im ?? ZERO];
  const parts = [mulR(a.re, b.re), mulR(ai, bi), mulR(a.re, bi), mulR(ai, b.re)];
  if (parts.some((part) => !part)) return null;
  return complex(addR(parts[0]!, negR(parts[1]!)), addR(parts[2]!, parts[3]!));
}

/** x² + y². */
function squaredSize(x: Real, y: Real): Real | null {
  const [xx, yy] = [mulR(x, x), mulR(y, y)];
  return xx && yy && addR(xx, yy);
}

/** 1 / a. */
export function inv(a: Value): Value | null {
  if (!a.im) {
    const re = a.re.kind === "rational" ? invQ(a.re) : invI(a.re);
    return re && real(re);
  }
  const norm = squaredSize(a.re, a.im);
  const inverse = norm && inv(real(norm));
  return inverse && mul({ re: a.re, im: negR(a.im) }, inverse);
}

/** The whole number that a value is, or null. */
export function asWhole(a: Value): bigint | null {
  return !a.im && a.re.kind === "rational" && a.re.d === 1n ? a.re.n : null;
}

/** The sign of a real value; null if it isn't known or the value isn't real. */
export function signOf(a: Value): -1 | 0 | 1 | null {
  if (a.im) return null;
  if (a.re.kind === "rational") return a.re.n < 0n ? -1 : a.re.n > 0n ? 1 : 0;
  return a.re.lo > 0n ? 1 : a.re.hi < 0n ? -1 : null;
}

/** −1, 0, 1 as a is below, equal to or above b; null if that can't be told, or a value isn't real. */
export function compare(a: Value, b: Value): -1 | 0 | 1 | null {
  if (a.im || b.im) return null;
  if (a.re.kind === "rational" && b.re.kind === "rational") return compareQ(a.re, b.re);
  const [x, y] = [asInterval(a.re), asInterval(b.re)];
  return x.hi < y.lo ? -1 : x.lo > y.hi ? 1 : null;
}

/** True or false where a and b are certainly equal (exactly) or certainly different; null where intervals meet. */
export function equal(a: Value, b: Value): boolean | null {
  const parts = [compare(real(a.re), real(b.re)), a.im || b.im ? compare(real(a.im ?? ZERO), real(b.im ?? ZERO)) : 0];
  if (parts.some((part) => part === 1 || part === -1)) return false;
  return parts.every((part) => part === 0) ? true : null;
}

/** Whether two values can't be told apart though both are known well: to within 2^−80 of their size. */
export function agree(a: Value, b: Value): boolean {
  const exact = equal(a, b);
  if (exact !== null) return exact;
  const tight = (x: Real | null) => {
    const { lo, hi } = asInterval(x ?? ZERO);
    const size = hi < 0n ? -lo : hi;
    return (hi - lo) << 80n <= most([size, UNIT]);
  };
  return tight(a.re) && tight(a.im) && tight(b.re) && tight(b.im);
}

/** The k-th real root, k ≥ 1. */
export function root(a: Value, k: number): Value | null {
  if (a.im) return null;
  if (a.re.kind === "rational") {
    if (a.re.n < 0n && k % 2 === 0) return null;
    const [n, d] = [exactRoot(a.re.n, k), exactRoot(a.re.d, k)];
    if (n !== null && d !== null) {
      const exact = ratio(n, d);
      return exact && real(exact);
    }
  }
  const re = rootI(asInterval(a.re), k);
  return re && real(re);
}

/** a to the power b: exact for whole b, by roots or exp and log otherwise. 0⁰ is 1. */
export function pow(a: Value, b: Value): Value | null {
  const exponent = asWhole(b);
  if (exponent !== null) return wholePower(a, exponent);
  if (b.im) return null;
  if (a.im) return null;
  const sign = signOf(a);
  if (sign === 0) return signOf(b) === 1 ? real(ZERO) : null;
  if (sign !== 1) return null;
  if (b.re.kind === "rational" && b.re.d <= 12n) {
    const base = root(a, Number(b.re.d));
    return base && wholePower(base, b.re.n);
  }
  const logarithm = logI(asInterval(a.re));
  const product = logarithm && mulI(logarithm, asInterval(b.re));
  const re = product && expI(product);
  return re && real(re);
}

function wholePower(a: Value, exponent: bigint): Value | null {
  if (!a.im && a.re.kind === "rational") {
    const re = powQ(a.re, exponent);
    return re && real(re);
  }
  if (exponent < 0n) {
    const inverse = inv(a);
    return inverse && wholePower(inverse, -exponent);
  }
  if (exponent > 4_000n) return null;
  let result: Value | null = real(ONE);
  let square: Value | null = a;
  for (let e = exponent; e > 0n && result && square; e >>= 1n) {
    if (e & 1n) result = mul(result, square);
    if (e > 1n) square = mul(square, square);
  }
  return result;
}

/** e to the power a, also for complex a. */
export function exp(a: Value): Value | null {
  if (!a.im && a.re.kind === "rational" && a.re.n === 0n) return real(ONE);
  const size = expI(asInterval(a.re));
  if (!size) return null;
  if (!a.im) return real(size);
  const [c, s] = [cosI(asInterval(a.im)), sinI(asInterval(a.im))];
  return c && s && mul(real(size), { re: c, im: s });
}

/** A real function lifted to values. */
export function lift(f: (x: Interval) => Interval | null, a: Value): Value | null {
  if (a.im) return null;
  const re = f(asInterval(a.re));
  return re && real(re);
}

/** |a|. */
export function absolute(a: Value): Value | null {
  if (a.im) {
    const norm = squaredSize(a.re, a.im);
    return norm && root(real(norm), 2);
  }
  if (a.re.kind === "rational") return real(a.re.n < 0n ? negQ(a.re) : a.re);
  if (a.re.lo >= 0n) return a;
  if (a.re.hi <= 0n) return neg(a);
  const re = interval(0n, most([-a.re.lo, a.re.hi]));
  return re && real(re);
}

/** ⌊a⌋; null where an interval holds a whole number and more. */
export function floorOf(a: Value): Value | null {
  if (a.im) return null;
  if (a.re.kind === "rational") return wholeValue(floorDiv(a.re.n, a.re.d));
  const [lo, hi] = [a.re.lo >> SCALE, a.re.hi >> SCALE];
  return lo === hi ? wholeValue(lo) : null;
}

/** A value as a person reads it: exact, or about ten digits after `≈`. */
export function textOf(a: Value): string {
  const part = (x: Real) => (x.kind === "rational" ? exactText(x) : `≈ ${decimal(x)}`);
  if (!a.im) return part(a.re);
  return `${part(a.re)} + (${part(a.im)})i`;
}

function exactText(x: Rational): string {
  const text = textOfQ(x);
  return text.length <= 40 ? text : `≈ ${decimal(around(x))}`;
}

/** The middle of an interval to about ten digits. */
export function decimal(x: Interval): string {
  const middle = (x.lo + x.hi) / 2n;
  const sign = middle < 0n ? "-" : "";
  const size = middle < 0n ? -middle : middle;
  if (size === 0n) return "0";
  const scaled = (size * 10n ** 40n) >> SCALE;
  if (scaled === 0n) return `${sign}10^-40`;
  const digits = scaled.toString();
  const power = digits.length - 41;
  if (power < -5 || power > 14) {
    const rest = digits.slice(1, 10).replace(/0+$/, "");
    return `${sign}${digits[0]}${rest === "" ? "" : `.${rest}`}e${power}`;
  }
  const whole_ = power >= 0 ? digits.slice(0, power + 1) : "0";
  const places = digits
    .padStart(41, "0")
    .slice(-40)
    .slice(0, Math.max(4, 10 - whole_.length))
    .replace(/0+$/, "");
  return `${sign}${whole_}${places === "" ? "" : `.${places}`}`;
}
