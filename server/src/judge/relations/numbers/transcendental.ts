import { addI, type Interval, interval, invI, least, most, mulI, negI, rootI, SCALE, UNIT, up } from "./interval.js";
import { bitLength, floorDiv } from "./rational.js";

/**
 * Functions of analysis on intervals. Series are those of Abramowitz and Stegun, chapter 4; each is cut where its terms
 * are below the last bit, and the tail is bounded by the term that was left out (alternating series) or by twice it
 * (terms that at least halve).
 */

const TWO = UNIT * 2n;

/** A tight interval for a sum of rounded terms: each of `terms` terms is off by at most one last bit. */
function summed(sum: bigint, terms: number): Interval {
  const slack = BigInt(terms + 3);
  return { kind: "interval", lo: sum - slack, hi: sum + slack };
}

/** arctan(1/k), scaled, for whole k ≥ 2. */
function arctanOfInverse(k: bigint): Interval {
  let power = UNIT / k;
  let sum = 0n;
  let n = 0;
  for (; power > 0n; n++, power /= k * k) {
    const term = power / BigInt(2 * n + 1);
    sum += n % 2 === 0 ? term : -term;
  }
  return summed(sum, 3 * n);
}

/** π, by Machin: π/4 = 4 arctan(1/5) − arctan(1/239). */
export const PI: Interval = (() => {
  const [a, b] = [arctanOfInverse(5n), arctanOfInverse(239n)];
  return { kind: "interval", lo: 16n * a.lo - 4n * b.hi, hi: 16n * a.hi - 4n * b.lo };
})();

/** ln 2 = 2 artanh(1/3). */
const LN2: Interval = (() => {
  let power = UNIT / 3n;
  let sum = 0n;
  let n = 0;
  for (; power > 0n; n++, power /= 9n) sum += power / BigInt(2 * n + 1);
  const half = summed(sum, 3 * n);
  return { kind: "interval", lo: 2n * half.lo, hi: 2n * half.hi };
})();

/** exp; null where the result is too large. */
export function expI(x: Interval): Interval | null {
  const lo = expAt(x.lo);
  const hi = x.lo === x.hi ? lo : expAt(x.hi);
  return lo && hi && interval(lo.lo < 0n ? 0n : lo.lo, hi.hi);
}

function expAt(x: bigint): Interval | null {
  if (x > UNIT * 4_000n || x < -UNIT * 4_000n) return null;
  // exp x = exp(x / 2^s)^(2^s), with x / 2^s below 1/256 and guard bits for the squarings.
  const guard = 40n;
  const shift = BigInt(Math.max(0, bitLength(x) - Number(SCALE) + 8));
  const unit = UNIT << (guard + shift);
  const reduced = x << guard;
  let term = unit;
  let sum = unit;
  for (let n = 1n; term !== 0n && n < 200n; n++) {
    term = (term * reduced) / unit / n;
    sum += term;
  }
  const width = SCALE + guard + shift;
  let [lo, hi] = [sum - 300n, sum + 300n];
  for (let k = 0n; k < shift; k++) [lo, hi] = [(lo * lo) >> width, ((hi * hi) >> width) + 1n];
  const drop = guard + shift;
  return interval(lo >> drop, (hi >> drop) + 1n);
}

/** The natural logarithm; null for what may not be positive. */
export function logI(x: Interval): Interval | null {
  if (x.lo <= 0n) return null;
  const lo = logAt(x.lo);
  const hi = x.lo === x.hi ? lo : logAt(x.hi);
  return interval(lo.lo, hi.hi);
}

function logAt(x: bigint): Interval {
  // x = m · 2^e with m in [1, 2); ln m = 2 artanh((m − 1) / (m + 1)).
  const e = BigInt(bitLength(x)) - SCALE - 1n;
  const m = e >= 0n ? x >> e : x << -e;
  const z = ((m - UNIT) << SCALE) / (m + UNIT);
  const square = (z * z) >> SCALE;
  let power = z;
  let sum = 0n;
  let n = 0;
  for (; power > 0n; n++, power = (power * square) >> SCALE) sum += power / BigInt(2 * n + 1);
  // m was cut, z was cut: each moves the logarithm by less than four last bits.
  const part = summed(2n * sum, 8 * n + 16);
  const whole = e >= 0n ? [e * LN2.lo, e * LN2.hi] : [e * LN2.hi, e * LN2.lo];
  return { kind: "interval", lo: part.lo + whole[0]!, hi: part.hi + whole[1]! };
}

/** sin and cos of one number. */
function sinCosAt(x: bigint): { readonly sin: Interval; readonly cos: Interval } | null {
  if (x > UNIT << 60n || x < -(UNIT << 60n)) return null;
  const half = PI.lo / 2n;
  const turns = x >= 0n ? (x + half / 2n) / half : -((-x + half / 2n) / half);
  // π is off by a few last bits, as often as it is taken off.
  const off = (turns < 0n ? -turns : turns) * (PI.hi - PI.lo) + 2n;
  const r = x - (turns * PI.lo) / 2n;
  const series = (first: bigint, from: bigint): Interval => {
    const square = (r * r) >> SCALE;
    let term = first;
    let sum = first;
    let n = 0;
    for (let k = from; term !== 0n && n < 80; k += 2n, n++) {
      term = -((term * square) >> SCALE) / (k * (k + 1n));
      sum += term;
    }
    const all = summed(sum, 4 * n + 8);
    return { kind: "interval", lo: all.lo - off, hi: all.hi + off };
  };
  const sin = series(r, 2n);
  const cos = series(UNIT, 1n);
  switch (((turns % 4n) + 4n) % 4n) {
    case 0n:
      return { sin, cos };
    case 1n:
      return { sin: cos, cos: negI(sin) };
    case 2n:
      return { sin: negI(sin), cos: negI(cos) };
    default:
      return { sin: negI(cos), cos: sin };
  }
}

/** sin or cos; the derivative is at most 1, so an interval widens by its own width. */
export function sinI(x: Interval): Interval | null {
  const at = sinCosAt(x.lo);
  return at && clamp(at.sin, x.hi - x.lo);
}

/** cos. */
export function cosI(x: Interval): Interval | null {
  const at = sinCosAt(x.lo);
  return at && clamp(at.cos, x.hi - x.lo);
}

function clamp(x: Interval, width: bigint): Interval | null {
  const lo = x.lo - width;
  const hi = x.hi + width;
  return interval(most([lo, -UNIT]), least([hi, UNIT]));
}

/** arctan. */
export function atanI(x: Interval): Interval | null {
  const lo = atanAt(x.lo);
  const hi = x.lo === x.hi ? lo : atanAt(x.hi);
  return lo && hi && interval(lo.lo, hi.hi);
}

function atanAt(x: bigint): Interval | null {
  if (x < 0n) {
    const at = atanAt(-x);
    return at && negI(at);
  }
  // arctan x = 2 arctan(x / (1 + √(1 + x²))), three times, then its series.
  let y: Interval | null = { kind: "interval", lo: x, hi: x };
  for (let k = 0; k < 3 && y; k++) {
    const square: Interval | null = mulI(y, y);
    const root: Interval | null = square && rootI({ kind: "interval", lo: square.lo + UNIT, hi: square.hi + UNIT }, 2);
    const inverse: Interval | null = root && invI({ kind: "interval", lo: root.lo + UNIT, hi: root.hi + UNIT });
    y = inverse && mulI(y, inverse);
  }
  if (!y) return null;
  const square = (y.lo * y.lo) >> SCALE;
  let power = y.lo;
  let sum = 0n;
  let n = 0;
  for (; power !== 0n && n < 400; n++, power = (power * square) >> SCALE) {
    const term = power / BigInt(2 * n + 1);
    sum += n % 2 === 0 ? term : -term;
  }
  const all = summed(sum, 4 * n + 8);
  return interval(8n * all.lo, 8n * (all.hi + (y.hi - y.lo)));
}

/** arcsin; null outside [−1, 1]. */
export function asinI(x: Interval): Interval | null {
  if (x.lo === UNIT && x.hi === UNIT) return halfPi(1n);
  if (x.lo === -UNIT && x.hi === -UNIT) return halfPi(-1n);
  if (x.lo <= -UNIT || x.hi >= UNIT) return null;
  const square = mulI(x, x);
  const root = square && rootI({ kind: "interval", lo: UNIT - square.hi, hi: UNIT - square.lo }, 2);
  const inverse = root && invI(root);
  const ratio = inverse && mulI(x, inverse);
  return ratio && atanI(ratio);
}

/** arccos; null outside [−1, 1]. */
export function acosI(x: Interval): Interval | null {
  const sine = asinI(x);
  return sine && addI(halfPi(1n), negI(sine));
}

function halfPi(sign: bigint): Interval {
  const [lo, hi] = [floorDiv(PI.lo * UNIT, TWO), up(PI.hi * UNIT, TWO)];
  return sign > 0n ? { kind: "interval", lo, hi } : { kind: "interval", lo: -hi, hi: -lo };
}
