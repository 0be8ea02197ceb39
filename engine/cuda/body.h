// The text of one kernel while it is written: its statements, and the tensors that it is handed as
// pointers. Two kernels of one text are one function with other pointers.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "engine/kernels/tape.h"

namespace ganflow::cuda {

using namespace kernels;  // this room writes what that one plans

struct Body {
  std::string text;               // the statements
  std::set<std::string> headers;  // that they need
  std::vector<Place> pointers;    // p.to<T>(i) is the address of pointers[i]
  unsigned grid = 1;              // blocks
  int threads = 256;              // of a block

  // The number of a pointer; a new one where there is none yet.
  int pointer(const Place& place);

  template <class... Args>
  void add(fmt::format_string<Args...> line, Args&&... args) {
    fmt::format_to(std::back_inserter(text), line, std::forward<Args>(args)...);
  }
};

const char* c_type(DType type);
// An exact literal of type double.
std::string literal(double x);
// {ints, reals} as block.h's Numbers.
std::string numbers(const Attributes& a);

}  // namespace ganflow::cuda
