/** Scratch for looking at the bits of a single, and back. Nothing keeps anything in it. */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

// Where a NaN can come by, numbers are given as the bits of singles: JavaScript may change those of a NaN on the way.

/** The bits of a single to the nearest bfloat16, ties to even; a NaN stays one and becomes quiet. */
export function bf16OfBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 64;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The bits of an IEEE binary16, subnormals and infinities included, to those of the single. */
export function bitsOfF16(half: number): number {
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  const sign = (half & 0x8000) << 16;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  FLOAT[0] = mantissa * 2 ** -24;
  return sign | BITS[0]!;
}

/** The number that the bits of an IEEE binary16 stand for. */
export function fromF16(half: number): number {
  BITS[0] = bitsOfF16(half);
  return FLOAT[0]!;
}

/** The bits of a single to the nearest binary16, ties to even; too large becomes infinite, a NaN 0x7e00 with its sign. */
export function f16OfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is halfway between the largest half and what would come after it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14 the unit is 2^-24, the last place of 0.5: adding it lets the processor round.
    BITS[0] = magnitude;
    FLOAT[0] = FLOAT[0]! + 0.5;
    return sign | (BITS[0]! - 0x3f000000);
  }
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - (112 << 23)) >>> 13);
}

/** A single to the nearest binary16, as {@link f16OfBits}. */
export function toF16(value: number): number {
  FLOAT[0] = value;
  return f16OfBits(BITS[0]!);
}
