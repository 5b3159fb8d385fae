const SUM = new Float32Array(1);
const SUM_BITS = new Int32Array(SUM.buffer);

/**
 * A single to the nearest whole number, ties to even, for magnitudes up to 4,194,303; for what is larger, or no number,
 * what the bits of the sum give, as in ggml's `nearest_int` (llama.cpp, MIT).
 */
export function nearestInt(value: number): number {
  SUM[0] = value + 12582912;
  return (SUM_BITS[0]! & 0x7fffff) - 0x400000;
}

/** Towards zero, then the low byte as a signed number; 0 where the value is no 32-bit number, as x86 converts. */
export function toInt8(value: number): number {
  return value > -2147483648 && value < 2147483648 ? (Math.trunc(value) << 24) >> 24 : 0;
}

/** A number between `least` and `most`; must not be given NaN. */
export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
