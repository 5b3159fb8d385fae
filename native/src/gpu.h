// GPUs as NVIDIA's management library (NVML) reports them. Plain C++17: nothing here knows JavaScript.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qed {

/// One GPU. A value that the driver does not give (or that makes no sense) is absent.
struct Gpu {
  std::string name;
  std::optional<std::uint64_t> total_bytes;
  std::optional<std::uint64_t> free_bytes;
  std::optional<std::string> driver;
  /// Percent of the last sample period in which a kernel ran, 0 to 100.
  std::optional<unsigned> utilisation;
  /// As NVIDIA writes it: "8.9".
  std::optional<std::string> compute_capability;
};

/// What a probe found. `error` is empty, or one sentence about the first call that failed; GPUs that answered are
/// there all the same.
struct GpuAnswer {
  std::vector<Gpu> gpus;
  std::string error;
};

/// Asks NVML, loaded at run time, without creating a CUDA context. `library` is an absolute UTF-8 path, or empty for
/// the driver's own. Blocks as long as the driver does. Never throws; every failure is in the answer.
/// Source: NVIDIA NVML API reference, functions of the `_v2` generation (drivers since 2013).
GpuAnswer AskNvml(const std::string& library);

}  // namespace qed
