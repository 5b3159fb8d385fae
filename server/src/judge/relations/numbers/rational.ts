/** An exact rational number in lowest terms, with a positive denominator. */
export interface Rational {
  readonly kind: "rational";
  readonly n: bigint;
  readonly d: bigint;
}

/** Most bits of a numerator or denominator; what needs more counts as not computable. */
const MOST_BITS = 6_000;

/** 0. */
export const ZERO: Rational = { kind: "rational", n: 0n, d: 1n };
/** 1. */
export const ONE: Rational = { kind: "rational", n: 1n, d: 1n };

/** A whole number. */
export function whole(value: bigint | number): Rational {
  return { kind: "rational", n: BigInt(value), d: 1n };
}

/** n / d in lowest terms; null if d is 0 or the result is too large. */
export function ratio(n: bigint, d: bigint): Rational | null {
  if (d === 0n) return null;
  if (d === 1n) return bitLength(n) > MOST_BITS ? null : { kind: "rational", n, d };
  const g = gcdOf(n, d);
  const sign = d < 0n ? -1n : 1n;
  const [top, bottom] = [(sign * n) / g, (sign * d) / g];
  return bitLength(top) > MOST_BITS || bitLength(bottom) > MOST_BITS ? null : { kind: "rational", n: top, d: bottom };
}

/** a + b. */
export function addQ(a: Rational, b: Rational): Rational | null {
  return a.d === 1n && b.d === 1n ? ratio(a.n + b.n, 1n) : ratio(a.n * b.d + b.n * a.d, a.d * b.d);
}

/** a · b. */
export function mulQ(a: Rational, b: Rational): Rational | null {
  return ratio(a.n * b.n, a.d * b.d);
}

/** −a. */
export function negQ(a: Rational): Rational {
  return { kind: "rational", n: -a.n, d: a.d };
}

/** 1 / a; null for 0. */
export function invQ(a: Rational): Rational | null {
  return ratio(a.d, a.n);
}

/** a to a whole power; null for 0 to a negative power and for what is too large. */
export function powQ(a: Rational, exponent: bigint): Rational | null {
  if (exponent < 0n) {
    const inverse = invQ(a);
    return inverse && powQ(inverse, -exponent);
  }
  if (a.d === 1n && (a.n === 1n || a.n === 0n)) return exponent === 0n ? ONE : a;
  if (a.d === 1n && a.n === -1n) return exponent % 2n === 0n ? ONE : a;
  if (exponent * BigInt(Math.max(bitLength(a.n), bitLength(a.d))) > BigInt(MOST_BITS)) return null;
  return { kind: "rational", n: a.n ** exponent, d: a.d ** exponent };
}

/** −1, 0 or 1 as a is below, equal to or above b. */
export function compareQ(a: Rational, b: Rational): -1 | 0 | 1 {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The greatest common divisor, at least 1. */
export function gcdOf(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** The largest whole number not above n / d, for positive d. */
export function floorDiv(n: bigint, d: bigint): bigint {
  const q = n / d;
  return n % d !== 0n && n < 0n ? q - 1n : q;
}

/** The number as a person writes it: `5`, `-3/4`. */
export function textOfQ(a: Rational): string {
  return a.d === 1n ? String(a.n) : `${a.n}/${a.d}`;
}

/** The whole number r with r^k = n, or null. n may be negative where k is odd. */
export function exactRoot(n: bigint, k: number): bigint | null {
  if (n < 0n) {
    const root = k % 2 === 1 ? exactRoot(-n, k) : null;
    return root === null ? null : -root;
  }
  const root = floorRoot(n, k);
  return root ** BigInt(k) === n ? root : null;
}

/** The largest whole r with r^k ≤ n, for n ≥ 0 and k ≥ 1. */
export function floorRoot(n: bigint, k: number): bigint {
  if (n < 2n || k === 1) return n;
  const power = BigInt(k);
  let x = 1n << BigInt(Math.ceil(bitLength(n) / k) + 1);
  for (;;) {
    const next = ((power - 1n) * x + n / x ** (power - 1n)) / power;
    if (next >= x) return x;
    x = next;
  }
}

/** Bits of |n|. */
export function bitLength(n: bigint): number {
  if (-0x1f_ffff_ffff_ffffn < n && n < 0x1f_ffff_ffff_ffffn) {
    return n === 0n ? 0 : Math.floor(Math.log2(Math.abs(Number(n)))) + 1;
  }
  const digits = (n < 0n ? -n : n).toString(16);
  return (digits.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(digits[0]!, 16)));
}
