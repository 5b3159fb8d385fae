// The JavaScript face of the native module. One function a concern; each concern has a file of its own.
#include <napi.h>

#include <exception>
#include <memory>
#include <thread>

#include "gpu.h"
#include "kernels.h"
#include "parent.h"

namespace {

Napi::Value OrNull(Napi::Env env, const std::optional<std::string>& text) {
  return text ? Napi::Value(Napi::String::New(env, *text)) : env.Null();
}

template <typename Number>
Napi::Value OrNull(Napi::Env env, const std::optional<Number>& number) {
  return number ? Napi::Value(Napi::Number::New(env, static_cast<double>(*number))) : env.Null();
}

Napi::Object ToObject(Napi::Env env, const qed::GpuAnswer& answer) {
  Napi::Array gpus = Napi::Array::New(env, answer.gpus.size());
  uint32_t index = 0;
  for (const qed::Gpu& gpu : answer.gpus) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("vendor", "nvidia");
    object.Set("name", gpu.name);
    object.Set("totalBytes", OrNull(env, gpu.total_bytes));
    object.Set("freeBytes", OrNull(env, gpu.free_bytes));
    object.Set("driver", OrNull(env, gpu.driver));
    object.Set("utilisation", OrNull(env, gpu.utilisation));
    object.Set("computeCapability", OrNull(env, gpu.compute_capability));
    gpus.Set(index++, object);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("gpus", gpus);
  object.Set("error", answer.error.empty() ? env.Null() : Napi::Value(Napi::String::New(env, answer.error)));
  return object;
}

/// Asks on a thread of its own and settles `deferred` on JavaScript's.
void Ask(Napi::ThreadSafeFunction back, std::shared_ptr<Napi::Promise::Deferred> deferred,
         const std::string& library) {
  // A thread of its own, not the pool: a driver that hangs would take a pool thread for ever, and the process could
  // not exit, since exit joins the pool.
  std::thread([back, deferred, library]() mutable {
    auto* answer = new qed::GpuAnswer(qed::AskNvml(library));
    const napi_status status = back.BlockingCall(
        answer, [deferred](Napi::Env inner, Napi::Function, qed::GpuAnswer* found) {
          if (static_cast<napi_env>(inner) != nullptr) {
            Napi::HandleScope scope(inner);
            deferred->Resolve(ToObject(inner, *found));
          }
          delete found;
        });
    if (status != napi_ok) delete answer;
    // "Closing" has let go of it already.
    if (status != napi_closing) back.Release();
  }).detach();
}

/// `gpus(library?: string): Promise<{ gpus, error }>`. Never rejects. It does not keep the process alive while the
/// driver is asked: whoever waits sets a timer.
Napi::Value Gpus(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string library =
      info.Length() > 0 && info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : std::string();
  auto deferred = std::make_shared<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = deferred->Promise();

  Napi::ThreadSafeFunction back =
      Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "qed.gpus", 0, 1);
  back.Unref(env);
  try {
    Ask(back, deferred, library);
  } catch (const std::exception& error) {
    // The system gave no thread.
    back.Release();
    qed::GpuAnswer answer;
    answer.error = std::string("The GPUs could not be asked (") + error.what() + ").";
    deferred->Resolve(ToObject(env, answer));
  }
  return promise;
}

/// `dieWithParent(): string | null`: null once this process is tied to its parent, else why it is not. Never throws.
Napi::Value DieWithParent(const Napi::CallbackInfo& info) {
  const std::string error = qed::DieWithParent();
  return error.empty() ? info.Env().Null() : Napi::Value(Napi::String::New(info.Env(), error));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("gpus", Napi::Function::New(env, Gpus, "gpus"));
  qed::ExportKernels(env, exports);
  exports.Set("dieWithParent", Napi::Function::New(env, DieWithParent, "dieWithParent"));
  return exports;
}

}  // namespace

NODE_API_MODULE(qed_copilot, Init)
