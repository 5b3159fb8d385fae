import { fromF16, toF16 } from "./half.js";
import { store16 } from "./quantise.js";
import { clamp, nearestInt } from "./rounding.js";

const f = Math.fround;
const SUBS = 16;
const VALUES = 16;
/** Groups whose largest magnitude is below it count as zero. */
const ZERO = f(1e-15);

/** The divisors of the largest value that are tried, in the reference's arithmetic: 32 first, then 31.1 to 32.9. */
const STEPS = Float32Array.from([0, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9], (step) =>
  f(-f(32 + f(f(0.1) * step))),
);

const TRIAL = new Uint8Array(VALUES);
const LEVEL = new Uint8Array(SUBS * VALUES);
const SCALE = new Float32Array(SUBS);

/**
 * Quantises the 256 values of `x` from `from` on to a block of Q6_K in `out` at `to`: 16 sub-blocks, each with a signed
 * 8-bit scale. Bytes as `quantize_row_q6_K_ref` gives them (ggml-quants.c of llama.cpp, MIT). Not reentrant, and it need
 * not be.
 */
export function quantiseQ6_K(x: Float32Array, from: number, out: Uint8Array, to: number): void {
  let most = 0;
  let mostMagnitude = 0;
  for (let k = 0; k < SUBS; k++) {
    search(x, from + k * VALUES, k);
    const magnitude = Math.abs(SCALE[k]!);
    if (magnitude > mostMagnitude) {
      mostMagnitude = magnitude;
      most = SCALE[k]!;
    }
  }
  if (mostMagnitude < ZERO) {
    out.fill(0, to, to + 210);
    return;
  }
  const inverse = f(-128 / most);
  const d = toF16(f(1 / inverse));
  const unit = fromF16(d);
  for (let k = 0; k < SUBS; k++) {
    const scale = (Math.min(127, nearestInt(f(inverse * SCALE[k]!))) << 24) >> 24;
    out[to + 192 + k] = scale;
    const step = f(unit * scale);
    if (step === 0) continue;
    for (let i = k * VALUES; i < (k + 1) * VALUES; i++) {
      LEVEL[i] = clamp(nearestInt(f(x[from + i]! / step)), -32, 31) + 32;
    }
  }
  store16(out, to + 208, d);
  for (let half = 0; half < 2; half++) {
    const low = to + 64 * half;
    const high = to + 128 + 32 * half;
    for (let i = 0; i < 32; i++) {
      const at = 128 * half + i;
      const [a, b, c, e] = [LEVEL[at]!, LEVEL[at + 32]!, LEVEL[at + 64]!, LEVEL[at + 96]!];
      out[low + i] = (a & 15) | ((c & 15) << 4);
      out[low + 32 + i] = (b & 15) | ((e & 15) << 4);
      out[high + i] = (a >> 4) | ((b >> 4) << 2) | ((c >> 4) << 4) | ((e >> 4) << 6);
    }
  }
}

/** Finds the scale and the levels of sub-block `k`, whose values begin at `from`. */
function search(x: Float32Array, from: number, k: number): void {
  let max = 0;
  let amax = 0;
  for (let i = from; i < from + VALUES; i++) {
    const magnitude = Math.abs(x[i]!);
    if (magnitude > amax) {
      amax = magnitude;
      max = x[i]!;
    }
  }
  if (amax < ZERO) {
    LEVEL.fill(0, k * VALUES, (k + 1) * VALUES);
    SCALE[k] = 0;
    return;
  }
  let scale = 0;
  let best = 0;
  for (let step = 0; step < STEPS.length; step++) {
    const inverse = f(STEPS[step]! / max);
    let sumLx = 0;
    let sumL2 = 0;
    for (let i = 0; i < VALUES; i++) {
      const value = x[from + i]!;
      const level = clamp(nearestInt(f(inverse * value)), -32, 31);
      TRIAL[i] = level + 32;
      const weight = f(value * value);
      sumLx = f(sumLx + f(f(weight * value) * level));
      sumL2 = f(sumL2 + f(f(weight * level) * level));
    }
    if (step === 0) scale = sumL2 !== 0 ? f(sumLx / sumL2) : 0;
    else if (sumL2 > 0 && f(sumLx * sumLx) > f(best * sumL2)) scale = f(sumLx / sumL2);
    else continue;
    best = f(scale * sumLx);
    LEVEL.set(TRIAL, k * VALUES);
  }
  SCALE[k] = scale;
}
