#include "quantise.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "half.h"
#include "rounding.h"

namespace qed {
namespace {

// A multiple of every block; as floats it stays in the first-level cache.
constexpr std::size_t kStretch = 2048;
constexpr std::uint32_t kInfinity = 0x7f800000u;
/// The float below 0.5: with it, adding and cutting off rounds halves away from zero without rounding 0.49999997 up.
constexpr float kBelowHalf = 0.49999997f;

/// The bits of the largest magnitude; at least `kInfinity` if a value is not finite.
std::uint32_t LargestBits(const float* x, std::size_t count) {
  // As signed integers, since those have a vector comparison everywhere.
  std::int32_t largest = 0;
  for (std::size_t j = 0; j < count; ++j) {
    std::int32_t bits;
    std::memcpy(&bits, x + j, sizeof bits);
    bits &= 0x7fffffff;
    largest = bits > largest ? bits : largest;
  }
  return static_cast<std::uint32_t>(largest);
}

void Read(Format from, const std::uint8_t* in, float* out, std::size_t count) {
  if (from == Format::F32) {
    std::memcpy(out, in, count * sizeof(float));
    return;
  }
  std::uint16_t halves[kStretch];
  std::memcpy(halves, in, count * sizeof(std::uint16_t));
  if (from == Format::BF16) {
    for (std::size_t i = 0; i < count; ++i) out[i] = FromBf16(halves[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) out[i] = FromF16(halves[i]);
  }
}

using Quantise = void (*)(const float*, std::uint8_t*);

void Blocks(Quantise quantise, BlockSize block, const float* x, std::uint8_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; i += block.values, out += block.bytes) quantise(x + i, out);
}

/// Writes a stretch.
void Write(Format to, const float* x, std::uint8_t* out, std::size_t count) {
  switch (to) {
    case Format::F32:
      std::memcpy(out, x, count * sizeof(float));
      return;
    case Format::F16:
      for (std::size_t i = 0; i < count; ++i) Store16(out + 2 * i, ToF16(x[i]));
      return;
    case Format::BF16:
      for (std::size_t i = 0; i < count; ++i) Store16(out + 2 * i, ToBf16(x[i]));
      return;
    case Format::Q8_0:
      return Blocks(QuantiseQ8_0, BlockOf(to), x, out, count);
    case Format::Q5_0:
      return Blocks(QuantiseQ5_0, BlockOf(to), x, out, count);
    case Format::Q4_K:
      return Blocks(QuantiseQ4_K, BlockOf(to), x, out, count);
    case Format::Q6_K:
      return Blocks(QuantiseQ6_K, BlockOf(to), x, out, count);
  }
}

bool FiniteHalf(const std::uint8_t* at) { return ((at[0] | at[1] << 8) & 0x7c00) != 0x7c00; }

/// Whether what was written from finite values is finite: scales and halves may have become too large.
bool FiniteOutput(Format to, const std::uint8_t* out, std::size_t count) {
  const BlockSize block = BlockOf(to);
  if (to == Format::F32) return true;
  bool finite = true;
  for (std::size_t i = 0; i < count; i += block.values, out += block.bytes) {
    switch (to) {
      case Format::BF16:
        finite &= ((out[0] | out[1] << 8) & 0x7f80) != 0x7f80;
        break;
      case Format::Q6_K:
        finite &= FiniteHalf(out + 208);
        break;
      case Format::Q4_K:
        finite &= FiniteHalf(out) && FiniteHalf(out + 2);
        break;
      default:
        finite &= FiniteHalf(out);
    }
  }
  return finite;
}

}  // namespace

BlockSize BlockOf(Format format) {
  switch (format) {
    case Format::F32:
      return {1, 4};
    case Format::F16:
    case Format::BF16:
      return {1, 2};
    case Format::Q8_0:
      return {32, 34};
    case Format::Q5_0:
      return {32, 22};
    case Format::Q4_K:
      return {256, 144};
    case Format::Q6_K:
      return {256, 210};
  }
  return {1, 1};
}

bool Convert(Format from, const std::uint8_t* in, Format to, std::uint8_t* out, std::size_t count) {
  const std::size_t in_bytes = BlockOf(from).bytes;
  const BlockSize block = BlockOf(to);
  float x[kStretch];
  bool finite = true;
  for (std::size_t at = 0; at < count; at += kStretch) {
    const std::size_t now = std::min(kStretch, count - at);
    Read(from, in + at * in_bytes, x, now);
    finite &= LargestBits(x, now) < kInfinity;
    std::uint8_t* to_here = out + at / block.values * block.bytes;
    if (from == to) {
      std::memcpy(to_here, in + at * in_bytes, now * in_bytes);
      continue;
    }
    Write(to, x, to_here, now);
    finite &= FiniteOutput(to, to_here, now);
  }
  return finite;
}

void QuantiseQ8_0(const float* x, std::uint8_t* out) {
  const std::uint32_t largest = LargestBits(x, 32);
  float amax = FloatOf(largest);
  if (largest >= kInfinity) {
    amax = 0;
    // A NaN is forgotten by the next comparison: so does the reference.
    for (int j = 0; j < 32; ++j) amax = amax > std::fabs(x[j]) ? amax : std::fabs(x[j]);
  }
  const float d = amax / 127;
  const float id = d != 0 ? 1.0f / d : 0.0f;
  Store16(out, ToF16(d));
  std::int8_t q[32];
  if (largest < kInfinity && BitsOf(id) < kInfinity) {
    for (int j = 0; j < 32; ++j) {
      const float scaled = x[j] * id;
      q[j] = static_cast<std::int8_t>(static_cast<std::int32_t>(scaled + std::copysign(kBelowHalf, scaled)));
    }
  } else {
    for (int j = 0; j < 32; ++j) q[j] = ToInt8(std::round(x[j] * id));
  }
  std::memcpy(out + 2, q, 32);
}

void QuantiseQ5_0(const float* x, std::uint8_t* out) {
  float amax = 0;
  float max = 0;
  for (int j = 0; j < 32; ++j) {
    if (amax < std::fabs(x[j])) {
      amax = std::fabs(x[j]);
      max = x[j];
    }
  }
  const float d = max / -16;
  const float id = d != 0 ? 1.0f / d : 0.0f;
  Store16(out, ToF16(d));
  std::uint32_t high = 0;
  for (int j = 0; j < 16; ++j) {
    const int low_half = ToInt8(x[j] * id + 16.5f);
    const int high_half = ToInt8(x[j + 16] * id + 16.5f);
    const auto q0 = static_cast<std::uint8_t>(low_half < 31 ? low_half : 31);
    const auto q1 = static_cast<std::uint8_t>(high_half < 31 ? high_half : 31);
    out[6 + j] = static_cast<std::uint8_t>((q0 & 15) | ((q1 & 15) << 4));
    high |= static_cast<std::uint32_t>((q0 >> 4) & 1) << j;
    high |= static_cast<std::uint32_t>((q1 >> 4) & 1) << (j + 16);
  }
  for (int j = 0; j < 4; ++j) out[2 + j] = static_cast<std::uint8_t>(high >> (8 * j));
}

}  // namespace qed
