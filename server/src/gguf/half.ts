/** Scratch for looking at the bits of a single, and back. Nothing keeps anything in it. */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** A single to the nearest bfloat16, ties to even; a NaN stays one and becomes quiet. */
export function toBf16(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 64;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** IEEE binary16 bits to the number, subnormals and infinities included. */
export function fromF16(half: number): number {
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** A single to the nearest binary16, ties to even; too large becomes infinite, NaN becomes 0x7e00. */
export function toF16(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is halfway between the largest half and what would come after it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the unit is 2^-24, the last place of 0.5: adding it lets the processor round.
    FLOAT[0] = Math.abs(value) + 0.5;
    return sign | (BITS[0]! - 0x3f000000);
  }
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - (112 << 23)) >>> 13);
}
