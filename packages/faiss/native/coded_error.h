#pragma once

#include <stdexcept>
#include <string>

namespace rollcall {

/// A failure with the stable code that JavaScript sees as `error.code`.
class CodedError : public std::runtime_error {
 public:
  CodedError(const char* code, const std::string& message) : std::runtime_error(message), code(code) {}
  const char* code;
};

}  // namespace rollcall
