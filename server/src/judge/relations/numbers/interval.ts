import { floorDiv, floorRoot, type Rational } from "./rational.js";

/**
 * A closed interval that holds a real number, its ends scaled by 2^{@link SCALE}. Every operation rounds outward, so the
 * number is never outside: two intervals apart are two different numbers.
 */
export interface Interval {
  readonly kind: "interval";
  readonly lo: bigint;
  readonly hi: bigint;
}

/** Bits after the binary point. */
export const SCALE = 160n;
/** 1, scaled. */
export const UNIT = 1n << SCALE;
/** Widest interval that is of use, scaled: what is known less well counts as not computable. */
const WIDEST = UNIT;
/** Numbers beyond this, scaled, count as not computable. */
const LARGEST = UNIT << 6_000n;

/** The interval with these ends; null if it is too wide or too far out to be of use. */
export function interval(lo: bigint, hi: bigint): Interval | null {
  const size = hi < 0n ? -lo : hi;
  if (size > LARGEST || -lo > LARGEST) return null;
  // Large numbers may be known to fewer places.
  return hi - lo > WIDEST && (hi - lo) << 40n > size ? null : { kind: "interval", lo, hi };
}

/** The smallest interval around n / d. */
export function around({ n, d }: Rational): Interval {
  const lo = floorDiv(n << SCALE, d);
  return { kind: "interval", lo, hi: lo * d === n << SCALE ? lo : lo + 1n };
}

/** a + b. */
export function addI(a: Interval, b: Interval): Interval | null {
  return interval(a.lo + b.lo, a.hi + b.hi);
}

/** −a. */
export function negI(a: Interval): Interval {
  return { kind: "interval", lo: -a.hi, hi: -a.lo };
}

/** a · b. */
export function mulI(a: Interval, b: Interval): Interval | null {
  const products = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return interval(floorDiv(least(products), UNIT), up(most(products), UNIT));
}

/** 1 / a; null if a may be 0. */
export function invI(a: Interval): Interval | null {
  if (a.lo <= 0n && a.hi >= 0n) return null;
  if (a.hi < 0n) {
    const inverse = invI(negI(a));
    return inverse && negI(inverse);
  }
  const one = UNIT << SCALE;
  return interval(one / a.hi, one / a.lo + 1n);
}

/** The k-th root; null for an even root of what may be negative. */
export function rootI(a: Interval, k: number): Interval | null {
  if (k < 1 || k > 60) return null;
  if (a.hi <= 0n && a.lo < 0n) {
    if (k % 2 === 0) return null;
    const root = rootI(negI(a), k);
    return root && negI(root);
  }
  if (a.lo < 0n) return null;
  const shift = SCALE * BigInt(k - 1);
  return interval(floorRoot(a.lo << shift, k), floorRoot(a.hi << shift, k) + 1n);
}

/** ⌈n / d⌉ for positive d. */
export function up(n: bigint, d: bigint): bigint {
  return -floorDiv(-n, d);
}

/** The least of some numbers, at least one. By hand: `Math.min` throws on BigInt. */
export function least(values: readonly bigint[]): bigint {
  let found = values[0] ?? 0n;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** The greatest of some numbers, at least one. By hand: `Math.max` throws on BigInt. */
export function most(values: readonly bigint[]): bigint {
  let found = values[0] ?? 0n;
  for (const value of values) if (value > found) found = value;
  return found;
}
