#include "engine/flow/slots.h"

#include <cstring>
#include <exception>
#include <new>

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

Memory::Memory(std::size_t bytes)
    : data_(
          static_cast<std::byte*>(::operator new[](aligned(bytes), std::align_val_t(kAlignment)))) {
  std::memset(data_.get(), 0, aligned(bytes));
}

void Memory::Free::operator()(std::byte* p) const {
  ::operator delete[](p, std::align_val_t(kAlignment));
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
