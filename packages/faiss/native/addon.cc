// What JavaScript sees: functions over a handle. The class lives in src/id-mapped-flat-ip-index.ts; nothing here is
// static or shared, so every environment (worker thread) that loads the add-on has its own.

#include <napi.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "async_task.h"
#include "capture_errors.h"
#include "index_state.h"

namespace rollcall {
namespace {

constexpr double kMaxDimension = 65536;
constexpr double kMaxNeighbours = 65536;
constexpr size_t kMaxCells = size_t{1} << 24;  // of one search's answer: 200 MB
constexpr double kMaxSafeInteger = 9007199254740991.0;
/// Marks our handles, so that another add-on's is refused instead of misread.
constexpr napi_type_tag kHandleTag = {0x526f6c6c63616c6cULL, 0x4661697373496478ULL};

/// What a handle points to. Searches under way hold the state too, so it may be dropped at any time.
struct Handle {
  std::shared_ptr<IndexState> state;
  int64_t reported_bytes = 0;
};

/// Tells the garbage collector what a handle really weighs.
void ReportMemory(napi_env env, Handle& handle) {
  const auto bytes = handle.state ? static_cast<int64_t>(handle.state->bytes()) : 0;
  int64_t total;
  napi_adjust_external_memory(env, bytes - handle.reported_bytes, &total);
  handle.reported_bytes = bytes;
}

void FinalizeHandle(napi_env env, void* data, void*) {
  const std::unique_ptr<Handle> handle(static_cast<Handle*>(data));
  handle->state.reset();
  ReportMemory(env, *handle);
}

/// nullptr when the environment refuses (it is shutting down).
napi_value MakeHandle(napi_env env, std::shared_ptr<IndexState> state) {
  auto handle = std::make_unique<Handle>();
  handle->state = std::move(state);
  napi_value external;
  if (napi_create_external(env, handle.get(), FinalizeHandle, nullptr, &external) != napi_ok) return nullptr;
  Handle& owned = *handle.release();  // by the garbage collector from here on
  ReportMemory(env, owned);
  if (napi_type_tag_object(env, external, &kHandleTag) != napi_ok) return nullptr;
  return external;
}

Handle& HandleOf(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal() || !info[0].As<Napi::External<Handle>>().CheckTypeTag(&kHandleTag)) {
    throw CodedError("FAISS_INVALID_ARGUMENT", "not a handle of an index");
  }
  return *info[0].As<Napi::External<Handle>>().Data();
}

/// A reference of the caller's own: reading arguments can run JavaScript (getters), and that may dispose the index.
std::shared_ptr<IndexState> StateOf(const Napi::CallbackInfo& info) {
  const Handle& handle = HandleOf(info);
  if (!handle.state) throw CodedError("FAISS_DISPOSED", "the index was disposed");
  return handle.state;
}

size_t IntegerArgument(Napi::Value value, const char* name, double least, double most) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (!(number >= least && number <= most) || std::floor(number) != number) {
    throw CodedError("FAISS_INVALID_ARGUMENT", std::string(name) + " must be an integer from " +
                                                   std::to_string(static_cast<int64_t>(least)) + " to " +
                                                   std::to_string(static_cast<int64_t>(most)));
  }
  return static_cast<size_t>(number);
}

std::string PathArgument(Napi::Value value) {
  if (!value.IsString()) throw CodedError("FAISS_INVALID_ARGUMENT", "path must be a string");
  std::string path = value.As<Napi::String>().Utf8Value();
  if (path.empty() || path.find('\0') != std::string::npos) throw CodedError("FAISS_INVALID_ARGUMENT", "path is not valid");
  return path;
}

/// A copy: JavaScript may change the array while a pool thread reads.
std::vector<float> RowsArgument(Napi::Value value, const char* name, size_t dimension) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    throw CodedError("FAISS_INVALID_ARGUMENT", std::string(name) + " must be a Float32Array");
  }
  const auto array = value.As<Napi::Float32Array>();
  if (array.ElementLength() % dimension != 0) {
    throw CodedError("FAISS_DIMENSION_MISMATCH", std::string(name) + " has " + std::to_string(array.ElementLength()) +
                                                     " numbers, which are no whole rows of " + std::to_string(dimension));
  }
  if (array.ElementLength() == 0) return {};
  return std::vector<float>(array.Data(), array.Data() + array.ElementLength());
}

std::vector<int64_t> IdsArgument(Napi::Value value) {
  if (!value.IsArray()) throw CodedError("FAISS_INVALID_ARGUMENT", "ids must be an array");
  const auto array = value.As<Napi::Array>();
  const uint32_t length = array.Length();
  std::vector<int64_t> ids;
  ids.reserve(length);
  for (uint32_t i = 0; i < length; i++) {
    const Napi::HandleScope scope(value.Env());
    const Napi::Value item = array[i];
    const double id = item.IsNumber() ? item.As<Napi::Number>().DoubleValue() : -1;
    if (!(id >= 0 && id <= kMaxSafeInteger) || std::floor(id) != id) {
      throw CodedError("FAISS_INVALID_ID", "ids must be safe integers of 0 or more");
    }
    ids.push_back(static_cast<int64_t>(id));
  }
  return ids;
}

class SearchTask : public AsyncTask {
 public:
  SearchTask(std::shared_ptr<IndexState> state, std::vector<float> queries, size_t k)
      : state_(std::move(state)), queries_(std::move(queries)), k_(k) {
    const size_t cells = queries_.size() / state_->dimension() * k_;
    similarities_.resize(cells);
    ids_.resize(cells);
  }

 protected:
  void Execute() override { state_->Search(queries_, k_, similarities_.data(), ids_.data()); }

  napi_value Result(napi_env env) override {
    const napi_value similarities = MakeArray(env, napi_float32_array, similarities_);
    const napi_value ids = MakeArray(env, napi_float64_array, ids_);
    napi_value result;
    if (similarities == nullptr || ids == nullptr || napi_create_object(env, &result) != napi_ok) return nullptr;
    if (napi_set_named_property(env, result, "similarities", similarities) != napi_ok) return nullptr;
    if (napi_set_named_property(env, result, "ids", ids) != napi_ok) return nullptr;
    return result;
  }

 private:
  template <typename T>
  static napi_value MakeArray(napi_env env, napi_typedarray_type type, const std::vector<T>& values) {
    void* data;
    napi_value buffer, array;
    const size_t bytes = values.size() * sizeof(T);
    if (napi_create_arraybuffer(env, bytes, &data, &buffer) != napi_ok) return nullptr;
    if (bytes > 0) std::memcpy(data, values.data(), bytes);
    if (napi_create_typedarray(env, type, values.size(), buffer, 0, &array) != napi_ok) return nullptr;
    return array;
  }

  const std::shared_ptr<IndexState> state_;
  const std::vector<float> queries_;
  const size_t k_;
  std::vector<float> similarities_;
  std::vector<double> ids_;
};

class SaveTask : public AsyncTask {
 public:
  SaveTask(std::shared_ptr<IndexState> state, std::string path) : state_(std::move(state)), path_(std::move(path)) {}

 protected:
  void Execute() override { state_->Save(path_); }
  napi_value Result(napi_env env) override {
    napi_value undefined;
    return napi_get_undefined(env, &undefined) == napi_ok ? undefined : nullptr;
  }

 private:
  const std::shared_ptr<IndexState> state_;
  const std::string path_;
};

class LoadTask : public AsyncTask {
 public:
  explicit LoadTask(std::string path) : path_(std::move(path)) {}

 protected:
  void Execute() override { state_ = IndexState::Load(path_); }
  napi_value Result(napi_env env) override { return MakeHandle(env, std::move(state_)); }

 private:
  const std::string path_;
  std::shared_ptr<IndexState> state_;
};

Napi::Value StartTask(Napi::Env env, const char* name, std::unique_ptr<AsyncTask> task) {
  const napi_value promise = AsyncTask::Start(env, name, std::move(task));
  if (promise == nullptr) throw CodedError("FAISS_INTERNAL", "the work could not be queued");
  return Napi::Value(env, promise);
}

Napi::Value Create(const Napi::CallbackInfo& info) {
  const size_t dimension = IntegerArgument(info[0], "dimension", 1, kMaxDimension);
  const napi_value handle = MakeHandle(info.Env(), std::make_shared<IndexState>(static_cast<int>(dimension)));
  if (handle == nullptr) throw CodedError("FAISS_INTERNAL", "the handle could not be made");
  return Napi::Value(info.Env(), handle);
}

Napi::Value Size(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(StateOf(info)->size()));
}

Napi::Value Dimension(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), StateOf(info)->dimension()); }

Napi::Value AddWithIds(const Napi::CallbackInfo& info) {
  const auto state = StateOf(info);
  const std::vector<float> vectors = RowsArgument(info[1], "vectors", state->dimension());
  const std::vector<int64_t> ids = IdsArgument(info[2]);
  if (vectors.size() / state->dimension() != ids.size()) {
    throw CodedError("FAISS_DIMENSION_MISMATCH", std::to_string(vectors.size() / state->dimension()) + " vectors but " +
                                                     std::to_string(ids.size()) + " ids");
  }
  state->Add(vectors, ids);
  ReportMemory(info.Env(), HandleOf(info));
  return info.Env().Undefined();
}

Napi::Value RemoveIds(const Napi::CallbackInfo& info) {
  const auto state = StateOf(info);
  const size_t removed = state->Remove(IdsArgument(info[1]));
  ReportMemory(info.Env(), HandleOf(info));
  return Napi::Number::New(info.Env(), static_cast<double>(removed));
}

Napi::Value Search(const Napi::CallbackInfo& info) {
  const auto state = StateOf(info);
  std::vector<float> queries = RowsArgument(info[1], "queries", state->dimension());
  const size_t k = IntegerArgument(info[2], "k", 1, kMaxNeighbours);
  if (queries.size() / state->dimension() * k > kMaxCells) {
    throw CodedError("FAISS_INVALID_ARGUMENT", "queries times k is too much for one call");
  }
  return StartTask(info.Env(), "rollcall.faiss.search", std::make_unique<SearchTask>(state, std::move(queries), k));
}

Napi::Value Save(const Napi::CallbackInfo& info) {
  return StartTask(info.Env(), "rollcall.faiss.save", std::make_unique<SaveTask>(StateOf(info), PathArgument(info[1])));
}

Napi::Value Load(const Napi::CallbackInfo& info) {
  return StartTask(info.Env(), "rollcall.faiss.load", std::make_unique<LoadTask>(PathArgument(info[0])));
}

Napi::Value Dispose(const Napi::CallbackInfo& info) {
  Handle& handle = HandleOf(info);
  handle.state.reset();
  ReportMemory(info.Env(), handle);
  return info.Env().Undefined();
}

/// Turns what the function throws into a JavaScript exception with a code.
template <Napi::Value (*function)(const Napi::CallbackInfo&)>
Napi::Value Guarded(const Napi::CallbackInfo& info) {
  Napi::Value result;
  std::string code, message;
  if (CaptureErrors([&] { result = function(info); }, code, message)) return result;
  throw Napi::Error(info.Env(), MakeError(info.Env(), code, message));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("create", Napi::Function::New<Guarded<Create>>(env, "create"));
  exports.Set("size", Napi::Function::New<Guarded<Size>>(env, "size"));
  exports.Set("dimension", Napi::Function::New<Guarded<Dimension>>(env, "dimension"));
  exports.Set("addWithIds", Napi::Function::New<Guarded<AddWithIds>>(env, "addWithIds"));
  exports.Set("removeIds", Napi::Function::New<Guarded<RemoveIds>>(env, "removeIds"));
  exports.Set("search", Napi::Function::New<Guarded<Search>>(env, "search"));
  exports.Set("save", Napi::Function::New<Guarded<Save>>(env, "save"));
  exports.Set("load", Napi::Function::New<Guarded<Load>>(env, "load"));
  exports.Set("dispose", Napi::Function::New<Guarded<Dispose>>(env, "dispose"));
  return exports;
}

}  // namespace
}  // namespace rollcall

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return rollcall::Init(env, exports); }
NODE_API_MODULE(rollcall_faiss, InitAddon)
