// The conversion kernels for JavaScript.
#pragma once

#include <napi.h>

namespace qed {

/// Adds `convert(from, to, input, output): Promise<boolean>` to the module: `from` is "F32", "F16" or "BF16", `to` a
/// format of GGUF by its name, the buffers are byte arrays of sizes that belong together and must be left alone until
/// the promise settles. It resolves to whether everything read and written is finite, and rejects for sizes or names
/// that don't fit. Each call is one task of the process's thread pool.
void ExportKernels(Napi::Env env, Napi::Object exports);

}  // namespace qed
