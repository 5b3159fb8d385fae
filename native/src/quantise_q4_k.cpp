// Q4_K: 256 values in 8 sub-blocks of 32, each with a scale and a minimum. The sub-blocks look for these by themselves,
// so they are searched side by side, one a lane: each does the reference's operations in the reference's order, hence
// the same bits.
// Method and constants: make_qkx2_quants and quantize_row_q4_K_ref in ggml-quants.c of llama.cpp (MIT).
#include <cmath>
#include <cstring>

#include "half.h"
#include "lanes.h"
#include "quantise.h"
#include "rounding.h"

namespace qed {
namespace {

constexpr int kSubs = 8;
constexpr int kValues = 32;
constexpr int kSteps = 21;

/// What the search finds for a block.
struct Ranges {
  float scale[kSubs];
  float min[kSubs];
  std::uint8_t level[kSubs * kValues];
};

float StepOf(int step) { return -1.f + 0.1f * static_cast<float>(step) + 15.f; }

void Weigh(const float* x, float* weight) {
  float squares = 0;
  for (int i = 0; i < kValues; ++i) squares += x[i] * x[i];
  const float average = std::sqrt(squares / 32);
  for (int i = 0; i < kValues; ++i) weight[i] = average + std::fabs(x[i]);
}

/// The reference, one sub-block: for values that the lanes can't take.
void SearchOne(const float* x, float* the_scale, float* the_min, std::uint8_t* level) {
  float weight[kValues];
  Weigh(x, weight);
  float min = x[0], max = x[0], sum_w = weight[0], sum_x = sum_w * x[0];
  for (int i = 1; i < kValues; ++i) {
    if (x[i] < min) min = x[i];
    if (x[i] > max) max = x[i];
    sum_w += weight[i];
    sum_x += weight[i] * x[i];
  }
  if (min > 0) min = 0;
  if (max == min) {
    std::memset(level, 0, kValues);
    *the_min = -min;
    *the_scale = 0;
    return;
  }
  float inverse = 15.f / (max - min);
  float scale = 1 / inverse;
  float best = 0;
  for (int i = 0; i < kValues; ++i) {
    const int l = Clamp(NearestInt(inverse * (x[i] - min)), 0, 15);
    level[i] = static_cast<std::uint8_t>(l);
    const float diff = scale * static_cast<float>(l) + min - x[i];
    best += weight[i] * (diff * diff);
  }
  for (int step = 0; step < kSteps; ++step) {
    std::uint8_t trial[kValues];
    inverse = StepOf(step) / (max - min);
    float sum_l = 0, sum_l2 = 0, sum_xl = 0;
    for (int i = 0; i < kValues; ++i) {
      const int l = Clamp(NearestInt(inverse * (x[i] - min)), 0, 15);
      trial[i] = static_cast<std::uint8_t>(l);
      const float wl = weight[i] * static_cast<float>(l);
      sum_l += wl;
      sum_l2 += wl * static_cast<float>(l);
      sum_xl += wl * x[i];
    }
    const float det = sum_w * sum_l2 - sum_l * sum_l;
    if (!(det > 0)) continue;
    float this_scale = (sum_w * sum_xl - sum_x * sum_l) / det;
    float this_min = (sum_l2 * sum_x - sum_l * sum_xl) / det;
    if (this_min > 0) {
      this_min = 0;
      this_scale = sum_xl / sum_l2;
    }
    float error = 0;
    for (int i = 0; i < kValues; ++i) {
      const float diff = this_scale * static_cast<float>(trial[i]) + this_min - x[i];
      error += weight[i] * (diff * diff);
    }
    if (!(error < best)) continue;
    std::memcpy(level, trial, kValues);
    best = error;
    scale = this_scale;
    min = this_min;
  }
  *the_min = -min;
  *the_scale = scale;
}

/// Eight sub-blocks side by side. False, and nothing found, if a value is not finite or a range too small to divide by.
bool SearchLanes(const float* values, Ranges& found) {
  Lanes x[kValues], weight[kValues], level[kValues], trial[kValues];
  for (int k = 0; k < kSubs; ++k) {
    float own[kValues];
    Weigh(values + k * kValues, own);
    for (int i = 0; i < kValues; ++i) {
      x[i].Set(k, values[k * kValues + i]);
      weight[i].Set(k, own[i]);
    }
  }
  Lanes min = x[0], max = x[0], sum_w = weight[0], sum_x = weight[0] * x[0];
  for (int i = 1; i < kValues; ++i) {
    min = Choose(x[i] < min, x[i], min);
    max = Choose(x[i] > max, x[i], max);
    sum_w = sum_w + weight[i];
    sum_x = sum_x + weight[i] * x[i];
  }
  min = Choose(min > 0, 0, min);
  const Lanes range = max - min;
  const Mask uneven = range > 1e-35f;
  for (int k = 0; k < kSubs; ++k) {
    // NaN and infinite values make the sum of weights so.
    if (!(sum_w[k] < 1e30f) || (!uneven[k] && max[k] != min[k])) return false;
  }
  // Even lanes go through the same and are passed over in the end.
  const Lanes least = range * 1e-3f;
  Lanes scale = Lanes(1) / (Lanes(15) / range), best = 0;
  for (int i = 0; i < kValues; ++i) {
    level[i] = Clamp(Nearest(Lanes(15) / range * (x[i] - min)), 0, 15);
    const Lanes diff = scale * level[i] + min - x[i];
    best = best + weight[i] * (diff * diff);
  }
  for (int step = 0; step < kSteps; ++step) {
    const Lanes inverse = Lanes(StepOf(step)) / (max - min);
    Lanes sum_l = 0, sum_l2 = 0, sum_xl = 0;
    for (int i = 0; i < kValues; ++i) {
      const Lanes l = Clamp(Nearest(inverse * (x[i] - min)), 0, 15);
      trial[i] = l;
      const Lanes wl = weight[i] * l;
      sum_l = sum_l + wl;
      sum_l2 = sum_l2 + wl * l;
      sum_xl = sum_xl + wl * x[i];
    }
    const Lanes det = sum_w * sum_l2 - sum_l * sum_l;
    const Lanes fitted_min = (sum_l2 * sum_x - sum_l * sum_xl) / det;
    const Lanes fitted_scale = (sum_w * sum_xl - sum_x * sum_l) / det;
    const Mask positive = fitted_min > 0;
    const Lanes this_min = Choose(positive, 0, fitted_min);
    const Lanes this_scale = Choose(positive, sum_xl / sum_l2, fitted_scale);
    Lanes error = 0;
    for (int i = 0; i < kValues; ++i) {
      const Lanes diff = this_scale * trial[i] + this_min - x[i];
      error = error + weight[i] * (diff * diff);
    }
    const Mask better = (det > 0) & (error < best) & uneven;
    if (!better.Any()) continue;
    for (int i = 0; i < kValues; ++i) level[i] = Choose(better, trial[i], level[i]);
    best = Choose(better, error, best);
    scale = Choose(better, this_scale, scale);
    min = Choose(better, this_min, min);
    // A fitted minimum next to the maximum: levels before clamping are then too large for the lanes' rounding.
    if ((uneven & (max - min < least)).Any()) return false;
  }
  for (int k = 0; k < kSubs; ++k) {
    found.scale[k] = uneven[k] ? scale[k] : 0;
    found.min[k] = -min[k];
    for (int i = 0; i < kValues; ++i) {
      found.level[k * kValues + i] = uneven[k] ? static_cast<std::uint8_t>(level[i][k]) : 0;
    }
  }
  return true;
}

}  // namespace

void QuantiseQ4_K(const float* x, std::uint8_t* out) {
  Ranges found;
  if (!SearchLanes(x, found)) {
    for (int k = 0; k < kSubs; ++k) {
      SearchOne(x + k * kValues, &found.scale[k], &found.min[k], found.level + k * kValues);
    }
  }
  float most_scale = 0, most_min = 0;
  for (int k = 0; k < kSubs; ++k) {
    if (found.scale[k] > most_scale) most_scale = found.scale[k];
    if (found.min[k] > most_min) most_min = found.min[k];
  }
  const float inverse_scale = most_scale > 0 ? 63.f / most_scale : 0.f;
  const float inverse_min = most_min > 0 ? 63.f / most_min : 0.f;
  const std::uint16_t d = ToF16(most_scale / 63.f);
  const std::uint16_t dmin = ToF16(most_min / 63.f);
  Store16(out, d);
  Store16(out + 2, dmin);

  // 6-bit scales and minima: the first four have bytes of their own, whose upper bits take those of the last four.
  std::uint8_t* packed = out + 4;
  std::uint8_t scales[kSubs], mins[kSubs];
  for (int k = 0; k < kSubs; ++k) {
    const auto s = static_cast<std::uint8_t>(NearestInt(inverse_scale * found.scale[k]));
    const auto m = static_cast<std::uint8_t>(NearestInt(inverse_min * found.min[k]));
    scales[k] = s < 63 ? s : 63;
    mins[k] = m < 63 ? m : 63;
  }
  for (int k = 0; k < 4; ++k) {
    packed[k] = static_cast<std::uint8_t>(scales[k] | (scales[k + 4] >> 4 << 6));
    packed[k + 4] = static_cast<std::uint8_t>(mins[k] | (mins[k + 4] >> 4 << 6));
    packed[k + 8] = static_cast<std::uint8_t>((scales[k + 4] & 15) | ((mins[k + 4] & 15) << 4));
  }

  const float unit = FromF16(d), unit_min = FromF16(dmin);
  for (int k = 0; k < kSubs; ++k) {
    const float step = unit * static_cast<float>(scales[k]);
    if (step == 0) continue;
    const float offset = unit_min * static_cast<float>(mins[k]);
    const float* values = x + k * kValues;
    std::uint8_t* level = found.level + k * kValues;
    for (int i = 0; i < kValues; ++i) {
      level[i] = static_cast<std::uint8_t>(Clamp(NearestInt((values[i] + offset) / step), 0, 15));
    }
  }
  std::uint8_t* q = out + 16;
  for (int j = 0; j < 256; j += 64, q += 32) {
    for (int i = 0; i < 32; ++i) {
      q[i] = static_cast<std::uint8_t>(found.level[j + i] | (found.level[j + 32 + i] << 4));
    }
  }
}

}  // namespace qed
