#include "engine/run/slots.h"

#include <exception>

namespace ganflow {

std::string current_exception_text() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

void Token::fail(std::string message) {
  const std::lock_guard lock(mutex_);
  if (failed) return;
  failure_ = std::move(message);
  failed = true;
}

std::string Token::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace ganflow
