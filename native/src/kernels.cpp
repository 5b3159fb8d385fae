#include "kernels.h"

#include <optional>
#include <string>

#include "quantise.h"

namespace qed {
namespace {

std::optional<Format> FormatOf(const std::string& name) {
  if (name == "F32") return Format::F32;
  if (name == "F16") return Format::F16;
  if (name == "BF16") return Format::BF16;
  if (name == "Q8_0") return Format::Q8_0;
  if (name == "Q5_0") return Format::Q5_0;
  if (name == "Q4_K") return Format::Q4_K;
  if (name == "Q6_K") return Format::Q6_K;
  return std::nullopt;
}

/// One conversion on the thread pool. It holds the arrays, so that they outlive it.
class Conversion : public Napi::AsyncWorker {
 public:
  Conversion(Napi::Env env, Format from, Format to, Napi::Uint8Array in, Napi::Uint8Array out)
      : Napi::AsyncWorker(env, "qed.convert"),
        deferred_(Napi::Promise::Deferred::New(env)),
        from_(from),
        to_(to),
        in_(in.Data()),
        out_(out.Data()),
        count_(in.ByteLength() / BlockOf(from).bytes) {
    held_[0] = Napi::Persistent(in.As<Napi::Object>());
    held_[1] = Napi::Persistent(out.As<Napi::Object>());
  }

  Napi::Promise Promise() { return deferred_.Promise(); }

 protected:
  void Execute() override { finite_ = Convert(from_, in_, to_, out_, count_); }
  void OnOK() override { deferred_.Resolve(Napi::Boolean::New(Env(), finite_)); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  Napi::ObjectReference held_[2];
  Format from_;
  Format to_;
  const std::uint8_t* in_;
  std::uint8_t* out_;
  std::size_t count_;
  bool finite_ = false;
};

Napi::Value Refuse(Napi::Env env, const char* message) {
  auto deferred = Napi::Promise::Deferred::New(env);
  deferred.Reject(Napi::TypeError::New(env, message).Value());
  return deferred.Promise();
}

bool IsBytes(const Napi::Value& value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
}

Napi::Value ConvertBuffer(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 4 || !info[0].IsString() || !info[1].IsString() || !IsBytes(info[2]) || !IsBytes(info[3])) {
    return Refuse(env, "convert(from, to, input, output)");
  }
  const auto from = FormatOf(info[0].As<Napi::String>().Utf8Value());
  const auto to = FormatOf(info[1].As<Napi::String>().Utf8Value());
  if (!from || !to || (*from != Format::F32 && *from != Format::F16 && *from != Format::BF16)) {
    return Refuse(env, "no such format");
  }
  auto in = info[2].As<Napi::Uint8Array>();
  auto out = info[3].As<Napi::Uint8Array>();
  const std::size_t values = in.ByteLength() / BlockOf(*from).bytes;
  const BlockSize block = BlockOf(*to);
  if (in.ByteLength() % BlockOf(*from).bytes != 0 || values % block.values != 0 ||
      out.ByteLength() != values / block.values * block.bytes) {
    return Refuse(env, "the sizes of input and output do not belong together");
  }
  auto* work = new Conversion(env, *from, *to, in, out);
  const Napi::Promise promise = work->Promise();
  work->Queue();
  return promise;
}

}  // namespace

void ExportKernels(Napi::Env env, Napi::Object exports) {
  exports.Set("convert", Napi::Function::New(env, ConvertBuffer, "convert"));
}

}  // namespace qed
