#pragma once

#include <node_api.h>

#include <memory>
#include <string>

namespace rollcall {

/// Work off the JavaScript thread that settles a promise. Written on the plain C API: when an environment is being torn
/// down every call into it fails, and here a failed call is simply the end of the matter, where the C++ wrapper would abort.
class AsyncTask {
 public:
  virtual ~AsyncTask() = default;

  /// Queues the task; returns its promise, or nullptr with a JavaScript exception pending.
  static napi_value Start(napi_env env, const char* name, std::unique_ptr<AsyncTask> task);

 protected:
  /// On a pool thread; may throw CodedError or any std::exception.
  virtual void Execute() = 0;

  /// On the JavaScript thread, after Execute() returned: the value to resolve with, nullptr when it cannot be made.
  virtual napi_value Result(napi_env env) = 0;

 private:
  static void OnExecute(napi_env env, void* data);
  static void OnComplete(napi_env env, napi_status status, void* data);
  void Settle(napi_env env, napi_status status);

  napi_deferred deferred_ = nullptr;
  napi_async_work work_ = nullptr;
  std::string error_code_;
  std::string error_message_;
};

/// A JavaScript Error with `code`; nullptr when the environment refuses.
napi_value MakeError(napi_env env, const std::string& code, const std::string& message);

}  // namespace rollcall
