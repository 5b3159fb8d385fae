// Weights from the number formats of checkpoints to those of GGUF files. Plain C++17: nothing here knows JavaScript.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qed {

/// What weights can be read from, and what they can be written as. The names are GGUF's.
enum class Format { F32, F16, BF16, Q8_0, Q5_0, Q4_K, Q6_K };

/// A block of a format: how many values it holds and how many bytes it takes.
struct BlockSize {
  std::size_t values;
  std::size_t bytes;
};

/// The size of a block.
BlockSize BlockOf(Format format);

/// Converts `count` values from `from` (F32, F16 or BF16) to `to`; `count` is a multiple of the block of `to`, and both
/// buffers, which may lie anywhere, have the size that follows. Gives whether every value that was read and every scale
/// that was written is finite; the output is complete either way. The bytes are those of ggml's reference quantisers
/// (ggml-quants.c of llama.cpp, MIT) for every input, infinities and NaN included; of NaN, the usual one.
bool Convert(Format from, const std::uint8_t* in, Format to, std::uint8_t* out, std::size_t count);

/// Quantises one block each of 32 (Q8_0, Q5_0) or 256 (Q4_K, Q6_K) values.
void QuantiseQ8_0(const float* x, std::uint8_t* out);
void QuantiseQ5_0(const float* x, std::uint8_t* out);
void QuantiseQ4_K(const float* x, std::uint8_t* out);
void QuantiseQ6_K(const float* x, std::uint8_t* out);

}  // namespace qed
