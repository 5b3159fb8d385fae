import { fromF16, toF16 } from "./half.js";
import { store16 } from "./quantise.js";
import { clamp, nearestInt } from "./rounding.js";

const f = Math.fround;
const SUBS = 8;
const VALUES = 32;

/** The numerators of the inverse scales that are tried, in the reference's arithmetic. */
const STEPS = Float32Array.from({ length: 21 }, (_, step) => f(f(-1 + f(f(0.1) * step)) + 15));

const WEIGHT = new Float32Array(VALUES);
const TRIAL = new Uint8Array(VALUES);
const LEVEL = new Uint8Array(SUBS * VALUES);
const SCALE = new Float32Array(SUBS);
const MIN = new Float32Array(SUBS);

/**
 * Quantises the 256 values of `x` from `from` on to a block of Q4_K in `out` at `to`: 8 sub-blocks, each with a 6-bit scale
 * and minimum found by weighted least squares. Bytes as `quantize_row_q4_K_ref` gives them (ggml-quants.c of llama.cpp,
 * MIT). Not reentrant, and it need not be.
 */
export function quantiseQ4_K(x: Float32Array, from: number, out: Uint8Array, to: number): void {
  let mostScale = 0;
  let mostMin = 0;
  for (let k = 0; k < SUBS; k++) {
    search(x, from + k * VALUES, k);
    if (SCALE[k]! > mostScale) mostScale = SCALE[k]!;
    if (MIN[k]! > mostMin) mostMin = MIN[k]!;
  }
  const inverseScale = mostScale > 0 ? f(63 / mostScale) : 0;
  const inverseMin = mostMin > 0 ? f(63 / mostMin) : 0;
  const d = toF16(f(mostScale / 63));
  const dmin = toF16(f(mostMin / 63));
  store16(out, to, d);
  store16(out, to + 2, dmin);
  const unit = fromF16(d);
  const unitMin = fromF16(dmin);
  for (let k = 0; k < SUBS; k++) {
    const scale = Math.min(63, nearestInt(f(inverseScale * SCALE[k]!)) & 0xff);
    const min = Math.min(63, nearestInt(f(inverseMin * MIN[k]!)) & 0xff);
    // The first four have bytes of their own, whose upper bits take those of the last four.
    if (k < 4) {
      out[to + 4 + k] = scale;
      out[to + 8 + k] = min;
    } else {
      out[to + 8 + k] = (scale & 15) | ((min & 15) << 4);
      out[to + k] = out[to + k]! | ((scale >> 4) << 6);
      out[to + 4 + k] = out[to + 4 + k]! | ((min >> 4) << 6);
    }
    const step = f(unit * scale);
    if (step === 0) continue;
    const offset = f(unitMin * min);
    for (let i = k * VALUES; i < (k + 1) * VALUES; i++) {
      LEVEL[i] = clamp(nearestInt(f(f(x[from + i]! + offset) / step)), 0, 15);
    }
  }
  for (let j = 0, q = to + 16; j < 256; j += 64) {
    for (let i = j; i < j + 32; i++) out[q++] = LEVEL[i]! | (LEVEL[i + 32]! << 4);
  }
}

/** Finds the scale, the minimum and the levels of sub-block `k`, whose values begin at `from`. */
function search(x: Float32Array, from: number, k: number): void {
  let squares = 0;
  for (let i = from; i < from + VALUES; i++) squares = f(squares + f(x[i]! * x[i]!));
  const average = f(Math.sqrt(f(squares / 32)));
  for (let i = 0; i < VALUES; i++) WEIGHT[i] = average + Math.abs(x[from + i]!);

  let min = x[from]!;
  let max = min;
  let sumW = WEIGHT[0]!;
  let sumX = f(sumW * min);
  for (let i = 1; i < VALUES; i++) {
    const value = x[from + i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    sumW = f(sumW + WEIGHT[i]!);
    sumX = f(sumX + f(WEIGHT[i]! * value));
  }
  if (min > 0) min = 0;
  if (max === min) {
    LEVEL.fill(0, k * VALUES, (k + 1) * VALUES);
    SCALE[k] = 0;
    MIN[k] = -min;
    return;
  }
  let inverse = f(15 / f(max - min));
  let scale = f(1 / inverse);
  let best = 0;
  for (let i = 0; i < VALUES; i++) {
    const value = x[from + i]!;
    const level = clamp(nearestInt(f(inverse * f(value - min))), 0, 15);
    LEVEL[k * VALUES + i] = level;
    const diff = f(f(f(scale * level) + min) - value);
    best = f(best + f(WEIGHT[i]! * f(diff * diff)));
  }
  for (let step = 0; step < STEPS.length; step++) {
    inverse = f(STEPS[step]! / f(max - min));
    let sumL = 0;
    let sumL2 = 0;
    let sumXl = 0;
    for (let i = 0; i < VALUES; i++) {
      const value = x[from + i]!;
      const level = clamp(nearestInt(f(inverse * f(value - min))), 0, 15);
      TRIAL[i] = level;
      const weighed = f(WEIGHT[i]! * level);
      sumL = f(sumL + weighed);
      sumL2 = f(sumL2 + f(weighed * level));
      sumXl = f(sumXl + f(weighed * value));
    }
    const determinant = f(f(sumW * sumL2) - f(sumL * sumL));
    if (!(determinant > 0)) continue;
    let thisScale = f(f(f(sumW * sumXl) - f(sumX * sumL)) / determinant);
    let thisMin = f(f(f(sumL2 * sumX) - f(sumL * sumXl)) / determinant);
    if (thisMin > 0) {
      thisMin = 0;
      thisScale = f(sumXl / sumL2);
    }
    let error = 0;
    for (let i = 0; i < VALUES; i++) {
      const diff = f(f(f(thisScale * TRIAL[i]!) + thisMin) - x[from + i]!);
      error = f(error + f(WEIGHT[i]! * f(diff * diff)));
    }
    if (!(error < best)) continue;
    LEVEL.set(TRIAL, k * VALUES);
    best = error;
    scale = thisScale;
    min = thisMin;
  }
  SCALE[k] = scale;
  MIN[k] = -min;
}
