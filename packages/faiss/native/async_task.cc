#include "async_task.h"

#include "capture_errors.h"

namespace rollcall {

napi_value MakeError(napi_env env, const std::string& code, const std::string& message) {
  napi_value code_value, message_value, error;
  if (napi_create_string_utf8(env, code.data(), code.size(), &code_value) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, message.data(), message.size(), &message_value) != napi_ok) return nullptr;
  if (napi_create_error(env, code_value, message_value, &error) != napi_ok) return nullptr;
  return error;
}

napi_value AsyncTask::Start(napi_env env, const char* name, std::unique_ptr<AsyncTask> task) {
  napi_value promise, resource_name;
  if (napi_create_promise(env, &task->deferred_, &promise) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &resource_name) != napi_ok) return nullptr;
  if (napi_create_async_work(env, nullptr, resource_name, OnExecute, OnComplete, task.get(), &task->work_) != napi_ok) {
    return nullptr;
  }
  if (napi_queue_async_work(env, task->work_) != napi_ok) {
    napi_delete_async_work(env, task->work_);
    return nullptr;
  }
  task.release();  // OnComplete takes it back: Node calls it for finished and for cancelled work alike
  return promise;
}

void AsyncTask::OnExecute(napi_env, void* data) {
  auto* task = static_cast<AsyncTask*>(data);
  CaptureErrors([task] { task->Execute(); }, task->error_code_, task->error_message_);
}

void AsyncTask::OnComplete(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<AsyncTask> task(static_cast<AsyncTask*>(data));
  task->Settle(env, status);
  napi_delete_async_work(env, task->work_);
}

void AsyncTask::Settle(napi_env env, napi_status status) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (status != napi_ok) {
    error_code_ = "FAISS_CANCELLED";
    error_message_ = "the environment is shutting down";
  }
  napi_value value = error_code_.empty() ? Result(env) : nullptr;
  if (value != nullptr) {
    napi_resolve_deferred(env, deferred_, value);
  } else {
    if (error_code_.empty()) {
      error_code_ = "FAISS_INTERNAL";
      error_message_ = "the result could not be handed over";
    }
    value = MakeError(env, error_code_, error_message_);
    if (value != nullptr) napi_reject_deferred(env, deferred_, value);
  }
  napi_close_handle_scope(env, scope);
}

}  // namespace rollcall
