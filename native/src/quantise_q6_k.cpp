// Q6_K: 256 values in 16 sub-blocks of 16, each with a signed scale. The sub-blocks look for it by themselves, so eight
// are searched side by side, one a lane: each does the reference's operations in the reference's order, hence the same
// bits.
// Method and constants: make_qx_quants and quantize_row_q6_K_ref in ggml-quants.c of llama.cpp (MIT).
#include <cmath>
#include <cstring>

#include "half.h"
#include "lanes.h"
#include "quantise.h"
#include "rounding.h"

namespace qed {
namespace {

constexpr int kSubs = 16;
constexpr int kValues = 16;
constexpr int kSteps = 19;
/// Groups whose largest magnitude is below it count as zero.
constexpr float kZero = 1e-15f;

/// What the search finds for a block; levels are 0 to 63.
struct Scales {
  float scale[kSubs];
  std::uint8_t level[kSubs * kValues];
};

/// The divisor of the largest value to try: 32 first, then from 31.1 to 32.9 without it.
float StepOf(int at) {
  const int step = at == 0 ? 0 : at <= 9 ? at - 10 : at - 9;
  return -(32 + 0.1f * static_cast<float>(step));
}

/// The reference, one sub-block.
void SearchOne(const float* x, float* the_scale, std::uint8_t* level) {
  float max = 0, amax = 0;
  for (int i = 0; i < kValues; ++i) {
    if (std::fabs(x[i]) > amax) {
      amax = std::fabs(x[i]);
      max = x[i];
    }
  }
  if (amax < kZero) {
    std::memset(level, 0, kValues);
    *the_scale = 0;
    return;
  }
  float scale = 0, best = 0;
  for (int at = 0; at < kSteps; ++at) {
    const float inverse = StepOf(at) / max;
    float sum_lx = 0, sum_l2 = 0;
    std::uint8_t trial[kValues];
    for (int i = 0; i < kValues; ++i) {
      const int l = Clamp(NearestInt(inverse * x[i]), -32, 31);
      trial[i] = static_cast<std::uint8_t>(l + 32);
      const float w = x[i] * x[i];
      sum_lx += w * x[i] * static_cast<float>(l);
      sum_l2 += w * static_cast<float>(l) * static_cast<float>(l);
    }
    if (at == 0) {
      scale = sum_l2 != 0 ? sum_lx / sum_l2 : 0.0f;
    } else {
      if (!(sum_l2 > 0 && sum_lx * sum_lx > best * sum_l2)) continue;
      scale = sum_lx / sum_l2;
    }
    best = scale * sum_lx;
    std::memcpy(level, trial, kValues);
  }
  *the_scale = scale;
}

/// Eight of the sub-blocks side by side. False, and nothing found, if a value is not finite.
bool SearchLanes(const float* values, float* the_scale, std::uint8_t* the_level) {
  Lanes x[kValues], weight[kValues], cube[kValues], level[kValues], trial[kValues];
  for (int k = 0; k < 8; ++k) {
    for (int i = 0; i < kValues; ++i) x[i].Set(k, values[k * kValues + i]);
  }
  Lanes max = 0, amax = 0, sum = 0;
  for (int i = 0; i < kValues; ++i) {
    const Lanes magnitude = Choose(x[i] < 0, Lanes(0) - x[i], x[i]);
    const Mask larger = magnitude > amax;
    max = Choose(larger, x[i], max);
    amax = Choose(larger, magnitude, amax);
    sum = sum + magnitude;
    weight[i] = x[i] * x[i];
    cube[i] = weight[i] * x[i];
  }
  for (int k = 0; k < 8; ++k) {
    if (!(sum[k] < 1e30f)) return false;
  }
  Lanes scale = 0, best = 0;
  for (int at = 0; at < kSteps; ++at) {
    const Lanes inverse = Lanes(StepOf(at)) / max;
    Lanes sum_lx = 0, sum_l2 = 0;
    for (int i = 0; i < kValues; ++i) {
      const Lanes l = Clamp(Nearest(inverse * x[i]), -32, 31);
      trial[i] = l;
      sum_lx = sum_lx + cube[i] * l;
      sum_l2 = sum_l2 + weight[i] * l * l;
    }
    const Lanes fitted = sum_lx / sum_l2;
    if (at == 0) {
      scale = Choose(sum_l2 > 0, fitted, 0);
      best = scale * sum_lx;
      std::memcpy(level, trial, sizeof level);
      continue;
    }
    const Mask better = (sum_l2 > 0) & (sum_lx * sum_lx > best * sum_l2);
    if (!better.Any()) continue;
    for (int i = 0; i < kValues; ++i) level[i] = Choose(better, trial[i], level[i]);
    scale = Choose(better, fitted, scale);
    best = Choose(better, fitted * sum_lx, best);
  }
  for (int k = 0; k < 8; ++k) {
    const bool zero = amax[k] < kZero;
    the_scale[k] = zero ? 0 : scale[k];
    for (int i = 0; i < kValues; ++i) {
      the_level[k * kValues + i] = zero ? 0 : static_cast<std::uint8_t>(level[i][k] + 32);
    }
  }
  return true;
}

}  // namespace

void QuantiseQ6_K(const float* x, std::uint8_t* out) {
  Scales found;
  for (int first = 0; first < kSubs; first += 8) {
    if (SearchLanes(x + first * kValues, found.scale + first, found.level + first * kValues)) continue;
    for (int k = first; k < first + 8; ++k) {
      SearchOne(x + k * kValues, &found.scale[k], found.level + k * kValues);
    }
  }
  float most = 0, most_magnitude = 0;
  for (int k = 0; k < kSubs; ++k) {
    const float magnitude = std::fabs(found.scale[k]);
    if (magnitude > most_magnitude) {
      most_magnitude = magnitude;
      most = found.scale[k];
    }
  }
  if (most_magnitude < kZero) {
    std::memset(out, 0, 210);
    return;
  }
  const float inverse = -128.f / most;
  const std::uint16_t d = ToF16(1 / inverse);
  const float unit = FromF16(d);
  for (int k = 0; k < kSubs; ++k) {
    const int s = NearestInt(inverse * found.scale[k]);
    const auto scale = static_cast<std::int8_t>(s < 127 ? s : 127);
    out[192 + k] = static_cast<std::uint8_t>(scale);
    const float step = unit * static_cast<float>(scale);
    if (step == 0) continue;
    const float* values = x + k * kValues;
    std::uint8_t* level = found.level + k * kValues;
    for (int i = 0; i < kValues; ++i) {
      level[i] = static_cast<std::uint8_t>(Clamp(NearestInt(values[i] / step), -32, 31) + 32);
    }
  }
  Store16(out + 208, d);
  for (int half = 0; half < 2; ++half) {
    const std::uint8_t* level = found.level + 128 * half;
    std::uint8_t* low = out + 64 * half;
    std::uint8_t* high = out + 128 + 32 * half;
    for (int i = 0; i < 32; ++i) {
      const std::uint8_t a = level[i], b = level[i + 32], c = level[i + 64], e = level[i + 96];
      low[i] = static_cast<std::uint8_t>((a & 15) | ((c & 15) << 4));
      low[i + 32] = static_cast<std::uint8_t>((b & 15) | ((e & 15) << 4));
      high[i] = static_cast<std::uint8_t>((a >> 4) | (b >> 4 << 2) | (c >> 4 << 4) | (e >> 4 << 6));
    }
  }
}

}  // namespace qed
