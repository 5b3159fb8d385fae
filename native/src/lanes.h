// Several floats that go through the same operations side by side, each exactly as it would alone.
#pragma once

#include <cstdint>

namespace qed {

#if defined(__GNUC__)
// GCC and Clang make vector instructions of these on every processor that has them; four floats fit all of them.
using Float4 = float __attribute__((vector_size(16)));
using Mask4 = std::int32_t __attribute__((vector_size(16)));
inline Float4 Choose(Mask4 mask, Float4 yes, Float4 no) {
  return reinterpret_cast<Float4>((mask & reinterpret_cast<Mask4>(yes)) | (~mask & reinterpret_cast<Mask4>(no)));
}
inline Float4 Fill(float value) { return Float4{value, value, value, value}; }
#else
struct Mask4 {
  bool at[4];
  bool operator[](int i) const { return at[i]; }
};
struct Float4 {
  float at[4];
  float& operator[](int i) { return at[i]; }
  float operator[](int i) const { return at[i]; }
};
#define QED_LANES(type, operation)                          \
  inline type operator operation(Float4 a, Float4 b) {      \
    type result;                                            \
    for (int i = 0; i < 4; ++i) result.at[i] = a.at[i] operation b.at[i]; \
    return result;                                          \
  }
QED_LANES(Float4, +)
QED_LANES(Float4, -)
QED_LANES(Float4, *)
QED_LANES(Float4, /)
QED_LANES(Mask4, <)
QED_LANES(Mask4, >)
#undef QED_LANES
inline Mask4 operator&(Mask4 a, Mask4 b) {
  for (int i = 0; i < 4; ++i) a.at[i] = a.at[i] && b.at[i];
  return a;
}
inline Float4 Choose(Mask4 mask, Float4 yes, Float4 no) {
  for (int i = 0; i < 4; ++i) yes.at[i] = mask.at[i] ? yes.at[i] : no.at[i];
  return yes;
}
inline Float4 Fill(float value) { return Float4{{value, value, value, value}}; }
#endif

/// Which of eight lanes.
struct Mask {
  Mask4 part[2];
  bool operator[](int lane) const { return part[lane / 4][lane % 4] != 0; }
  bool Any() const {
    bool any = false;
    for (int lane = 0; lane < 8; ++lane) any |= (*this)[lane];
    return any;
  }
};

/// Eight floats: two vectors, so that one's operations fill the time in which the other's are under way.
struct Lanes {
  Float4 part[2];

  Lanes() : Lanes(0.f) {}
  Lanes(float value) : part{Fill(value), Fill(value)} {}  // NOLINT: numbers stand for eight of themselves
  Lanes(Float4 first, Float4 second) : part{first, second} {}
  float operator[](int lane) const { return part[lane / 4][lane % 4]; }
  void Set(int lane, float value) { part[lane / 4][lane % 4] = value; }
};

inline Lanes operator+(const Lanes& a, const Lanes& b) { return {a.part[0] + b.part[0], a.part[1] + b.part[1]}; }
inline Lanes operator-(const Lanes& a, const Lanes& b) { return {a.part[0] - b.part[0], a.part[1] - b.part[1]}; }
inline Lanes operator*(const Lanes& a, const Lanes& b) { return {a.part[0] * b.part[0], a.part[1] * b.part[1]}; }
inline Lanes operator/(const Lanes& a, const Lanes& b) { return {a.part[0] / b.part[0], a.part[1] / b.part[1]}; }
inline Mask operator<(const Lanes& a, const Lanes& b) { return {{a.part[0] < b.part[0], a.part[1] < b.part[1]}}; }
inline Mask operator>(const Lanes& a, const Lanes& b) { return {{a.part[0] > b.part[0], a.part[1] > b.part[1]}}; }
inline Mask operator&(const Mask& a, const Mask& b) { return {{a.part[0] & b.part[0], a.part[1] & b.part[1]}}; }

/// `yes` in the lanes of the mask, `no` in the others.
inline Lanes Choose(const Mask& mask, const Lanes& yes, const Lanes& no) {
  return {Choose(mask.part[0], yes.part[0], no.part[0]), Choose(mask.part[1], yes.part[1], no.part[1])};
}

/// To nearest, ties to even; for magnitudes up to 4,194,303.
inline Lanes Nearest(const Lanes& value) { return (value + Lanes(12582912.f)) - Lanes(12582912.f); }

/// Between `least` and `most`; NaN stays.
inline Lanes Clamp(const Lanes& value, float least, float most) {
  const Lanes above = Choose(value < Lanes(least), Lanes(least), value);
  return Choose(above > Lanes(most), Lanes(most), above);
}

}  // namespace qed
