#include "gpu.h"

#include <algorithm>
#include <array>
#include <exception>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace qed {
namespace {

// The part of NVML's ABI that is used, declared here so that no SDK is needed to build.
using nvmlReturn = int;
using nvmlDevice = void*;
struct nvmlMemory {
  unsigned long long total, free, used;
};
struct nvmlUtilization {
  unsigned gpu, memory;
};
constexpr nvmlReturn kSuccess = 0;
constexpr nvmlReturn kNotSupported = 3;

// A library that counts more than this is not to be believed; real machines have 16 at most.
constexpr unsigned kMostGpus = 64;

class Library {
 public:
  explicit Library(const std::string& path) {
    if (!path.empty()) {
      Open(path);
      return;
    }
#if defined(_WIN32)
    OpenFromSystem32();
#elif defined(__linux__)
    // WSL keeps the driver's libraries outside the loader's path on some distributions.
    if (!Open("libnvidia-ml.so.1")) {
      const std::string first = error_;
      if (!Open("/usr/lib/wsl/lib/libnvidia-ml.so.1")) error_ = first;
    }
#else
    error_ = "NVIDIA's drivers do not exist on this platform";
#endif
  }
  ~Library() {
    if (!handle_) return;
#ifdef _WIN32
    FreeLibrary(static_cast<HMODULE>(handle_));
#else
    dlclose(handle_);
#endif
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool loaded() const { return handle_ != nullptr; }
  const std::string& error() const { return error_; }

  template <typename Function>
  Function Find(const char* name) const {
#ifdef _WIN32
    return reinterpret_cast<Function>(GetProcAddress(static_cast<HMODULE>(handle_), name));
#else
    return reinterpret_cast<Function>(dlsym(handle_, name));
#endif
  }

 private:
#ifdef _WIN32
  // System32 only: a bare name would also be looked for in the working directory, which may be anybody's folder.
  bool OpenFromSystem32() { return Keep(LoadLibraryExW(L"nvml.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32)); }
  bool Open(const std::string& path) {
    const int length = MultiByteToWideChar(CP_UTF8, 0, path.c_str(), -1, nullptr, 0);
    std::wstring wide(static_cast<size_t>(length > 0 ? length : 1), L'\0');
    if (length > 0) MultiByteToWideChar(CP_UTF8, 0, path.c_str(), -1, &wide[0], length);
    return Keep(LoadLibraryExW(wide.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH));
  }
  bool Keep(HMODULE handle) {
    handle_ = handle;
    if (!handle_) error_ = "LoadLibrary failed with code " + std::to_string(GetLastError());
    return handle_ != nullptr;
  }
#else
  bool Open(const std::string& path) {
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle_) {
      const char* why = dlerror();
      error_ = why ? why : "dlopen failed";
    }
    return handle_ != nullptr;
  }
#endif
  void* handle_ = nullptr;
  std::string error_;
};

// Shuts NVML down on every way out, after an init that succeeded.
struct Session {
  nvmlReturn (*shutdown)() = nullptr;
  ~Session() {
    if (shutdown) shutdown();
  }
};

class Probe {
 public:
  explicit Probe(const Library& library) : library_(library) {}

  GpuAnswer Run() {
    const auto init = library_.Find<nvmlReturn (*)()>("nvmlInit_v2");
    const auto count = library_.Find<nvmlReturn (*)(unsigned*)>("nvmlDeviceGetCount_v2");
    const auto handle = library_.Find<nvmlReturn (*)(unsigned, nvmlDevice*)>("nvmlDeviceGetHandleByIndex_v2");
    const char* missing = !init    ? "nvmlInit_v2"
                          : !count ? "nvmlDeviceGetCount_v2"
                          : !handle ? "nvmlDeviceGetHandleByIndex_v2"
                                    : nullptr;
    if (missing) {
      answer_.error = std::string("NVIDIA's management library has no ") + missing + "; update the NVIDIA driver.";
      return answer_;
    }
    if (!Succeeded("nvmlInit_v2", init())) return answer_;
    Session session;
    session.shutdown = library_.Find<nvmlReturn (*)()>("nvmlShutdown");

    unsigned gpus = 0;
    if (!Succeeded("nvmlDeviceGetCount_v2", count(&gpus))) return answer_;
    const std::optional<std::string> driver = gpus == 0 ? std::nullopt : Driver();
    for (unsigned i = 0; i < std::min(gpus, kMostGpus); ++i) {
      nvmlDevice device = nullptr;
      if (!Succeeded("nvmlDeviceGetHandleByIndex_v2", handle(i, &device))) continue;
      answer_.gpus.push_back(Ask(device, driver));
    }
    return answer_;
  }

 private:
  Gpu Ask(nvmlDevice device, const std::optional<std::string>& driver) {
    Gpu gpu;
    gpu.name = "NVIDIA GPU";
    gpu.driver = driver;

    std::array<char, 256> text{};
    if (Call("nvmlDeviceGetName", device, text.data(), static_cast<unsigned>(text.size() - 1)) && text[0]) {
      gpu.name = text.data();
    }
    nvmlMemory memory{};
    // Boards that share the machine's memory say "not supported" here.
    if (Call("nvmlDeviceGetMemoryInfo", device, &memory) && memory.total > 0) {
      gpu.total_bytes = memory.total;
      if (memory.free <= memory.total) gpu.free_bytes = memory.free;
    }
    nvmlUtilization rates{};
    if (Call("nvmlDeviceGetUtilizationRates", device, &rates) && rates.gpu <= 100) gpu.utilisation = rates.gpu;
    int major = 0, minor = 0;
    if (Call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) && major > 0 && minor >= 0) {
      gpu.compute_capability = std::to_string(major) + "." + std::to_string(minor);
    }
    return gpu;
  }

  std::optional<std::string> Driver() {
    std::array<char, 128> text{};
    const bool known = Call("nvmlSystemGetDriverVersion", text.data(), static_cast<unsigned>(text.size() - 1));
    return known && text[0] ? std::optional<std::string>(text.data()) : std::nullopt;
  }

  template <typename... Arguments>
  bool Call(const char* name, Arguments... arguments) {
    const auto function = library_.Find<nvmlReturn (*)(Arguments...)>(name);
    if (function) return Succeeded(name, function(arguments...));
    Fail(std::string("NVIDIA's management library has no ") + name + "; update the NVIDIA driver.");
    return false;
  }

  bool Succeeded(const char* name, nvmlReturn code) {
    if (code == kSuccess) return true;
    if (code != kNotSupported) Fail(std::string("NVIDIA's management library: ") + name + ": " + Explain(code) + ".");
    return false;
  }

  void Fail(const std::string& sentence) {
    if (answer_.error.empty()) answer_.error = sentence;
  }

  std::string Explain(nvmlReturn code) const {
    // The library's own words for these name no next step.
    if (code == 9) return "the NVIDIA driver is not loaded; install it or restart the machine";
    if (code == 18) return "driver and library versions differ; restart the machine";
    const auto say = library_.Find<const char* (*)(nvmlReturn)>("nvmlErrorString");
    const char* text = say ? say(code) : nullptr;
    return (text && text[0] ? std::string(text) + " " : std::string()) + "(code " + std::to_string(code) + ")";
  }

  const Library& library_;
  GpuAnswer answer_;
};

}  // namespace

GpuAnswer AskNvml(const std::string& path) try {
  const Library library(path);
  if (!library.loaded()) {
    return {{}, "No NVIDIA driver was found (" + library.error() + "); install it if there is an NVIDIA GPU here."};
  }
  return Probe(library).Run();
} catch (const std::exception& error) {
  return {{}, std::string("The GPUs could not be asked (") + error.what() + ")."};
}

}  // namespace qed
