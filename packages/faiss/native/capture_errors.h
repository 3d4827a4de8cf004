#pragma once

#include <exception>
#include <new>
#include <string>

#include <faiss/impl/FaissException.h>

#include "coded_error.h"

namespace rollcall {

/// Calls `action`. What it throws becomes a code and a message and the answer is false: no C++ exception gets any further.
template <typename Action>
bool CaptureErrors(Action&& action, std::string& code, std::string& message) {
  try {
    action();
    return true;
  } catch (const CodedError& error) {
    code = error.code;
    message = error.what();
  } catch (const faiss::FaissException& error) {
    code = "FAISS_INTERNAL";
    message = error.what();
  } catch (const std::bad_alloc&) {
    code = "FAISS_OUT_OF_MEMORY";
    message = "not enough memory";
  } catch (const std::exception& error) {
    code = "FAISS_INTERNAL";
    message = error.what();
  } catch (...) {
    code = "FAISS_INTERNAL";
    message = "unknown failure";
  }
  return false;
}

}  // namespace rollcall
