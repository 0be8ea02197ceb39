// What a user is told of an exception.
#pragma once

#include <exception>
#include <string>

namespace ganflow::cli {

struct Explained {
  int exit_code = 0;
  std::string sentence;
};
Explained explained(const std::exception_ptr& thrown);

}  // namespace ganflow::cli
