// How the quantisers round and convert: exactly as ggml does on the processors that model files are made on.
#pragma once

#include <cstdint>

#include "half.h"

namespace qed {

/// To nearest, ties to even, for magnitudes up to 4,194,303; for what is larger, or no number, what the bits of the sum
/// give, which is defined as well and part of the format's reference.
inline int NearestInt(float value) {
  return static_cast<int>(BitsOf(value + 12582912.f) & 0x007fffffu) - 0x00400000;
}

/// Towards zero, then the low byte; 0 where the value is no 32-bit number, as x86 converts.
inline std::int8_t ToInt8(float value) {
  if (!(value > -2147483648.f && value < 2147483648.f)) return 0;
  return static_cast<std::int8_t>(static_cast<std::int32_t>(value));
}

inline void Store16(std::uint8_t* out, std::uint16_t value) {
  out[0] = static_cast<std::uint8_t>(value & 0xff);
  out[1] = static_cast<std::uint8_t>(value >> 8);
}

inline int Clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

}  // namespace qed
