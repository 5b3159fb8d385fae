import { toF16 } from "./half.js";
import { clamp, toInt8 } from "./rounding.js";

const f = Math.fround;

/** Writes a 16-bit number, little-endian. */
export function store16(out: Uint8Array, at: number, value: number): void {
  out[at] = value & 0xff;
  out[at + 1] = value >>> 8;
}

/**
 * Quantises the 32 values of `x` from `from` on to a block of Q8_0 in `out` at `to`: a half-precision scale and 32 signed
 * bytes. Bytes as `quantize_row_q8_0_ref` gives them (ggml-quants.c of llama.cpp, MIT).
 */
export function quantiseQ8_0(x: Float32Array, from: number, out: Uint8Array, to: number): void {
  let amax = 0;
  for (let j = from; j < from + 32; j++) {
    const magnitude = Math.abs(x[j]!);
    // A NaN is forgotten by the next comparison: so does the reference.
    if (!(amax > magnitude)) amax = magnitude;
  }
  const d = f(amax / 127);
  const id = d !== 0 ? f(1 / d) : 0;
  store16(out, to, toF16(d));
  const usual = id > 0 && id < Infinity && amax < Infinity;
  for (let j = 0; j < 32; j++) {
    const scaled = f(x[from + j]! * id);
    // Halves go away from zero. The sum is exact in double precision, and conversion to an integer cuts off.
    if (usual) out[to + 2 + j] = scaled < 0 ? (scaled - 0.5) | 0 : (scaled + 0.5) | 0;
    else out[to + 2 + j] = toInt8(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
}

/**
 * Quantises the 32 values of `x` from `from` on to a block of Q5_0 in `out` at `to`: a half-precision scale, the fifth
 * bits, the four others. Bytes as `quantize_row_q5_0_ref` gives them (ggml-quants.c of llama.cpp, MIT).
 */
export function quantiseQ5_0(x: Float32Array, from: number, out: Uint8Array, to: number): void {
  let amax = 0;
  let max = 0;
  for (let j = from; j < from + 32; j++) {
    const magnitude = Math.abs(x[j]!);
    if (amax < magnitude) {
      amax = magnitude;
      max = x[j]!;
    }
  }
  const d = f(max / -16);
  const id = d !== 0 ? f(1 / d) : 0;
  store16(out, to, toF16(d));
  let high = 0;
  for (let j = 0; j < 16; j++) {
    const q0 = clamp(toInt8(f(f(x[from + j]! * id) + 16.5)), -128, 31);
    const q1 = clamp(toInt8(f(f(x[from + j + 16]! * id) + 16.5)), -128, 31);
    out[to + 6 + j] = (q0 & 15) | ((q1 & 15) << 4);
    high |= (((q0 >> 4) & 1) << j) | (((q1 >> 4) & 1) << (j + 16));
  }
  for (let j = 0; j < 4; j++) out[to + 2 + j] = (high >>> (8 * j)) & 0xff;
}
