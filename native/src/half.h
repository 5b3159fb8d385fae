// 16-bit floating point. Plain C++17, no intrinsics: the same bits on every platform.
#pragma once

#include <cstdint>
#include <cstring>

namespace qed {

inline std::uint32_t BitsOf(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float FloatOf(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The upper half of an IEEE single.
inline float FromBf16(std::uint16_t bits) { return FloatOf(static_cast<std::uint32_t>(bits) << 16); }

/// To nearest, ties to even; a NaN stays a NaN and becomes quiet.
inline std::uint16_t ToBf16(float value) {
  const std::uint32_t bits = BitsOf(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 64);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
}

/// IEEE binary16, subnormals and infinities included.
inline float FromF16(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 31u;
  const std::uint32_t mantissa = half & 0x3ffu;
  if (exponent == 31) return FloatOf(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0) return FloatOf(sign | ((exponent + 112) << 23) | (mantissa << 13));
  // A subnormal is mantissa × 2^-24, which a single holds exactly.
  const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24f;
  return FloatOf(sign | BitsOf(magnitude));
}

/// To nearest, ties to even; too large becomes infinite; every NaN becomes 0x7e00 with its sign.
inline std::uint16_t ToF16(float value) {
  const std::uint32_t bits = BitsOf(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
  // 65520 is halfway between the largest half and what would come after it.
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {
    // Below 2^-14 the unit is 2^-24: adding 0.5, whose last place is 2^-24, lets the processor round.
    const std::uint32_t rounded = BitsOf(FloatOf(magnitude) + 0.5f) - 0x3f000000u;
    return static_cast<std::uint16_t>(sign | rounded);
  }
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1) - (112u << 23);
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

}  // namespace qed
