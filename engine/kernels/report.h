// What a compiled program consists of, for --plan and golden numbers.
#pragma once

#include <string>

#include "engine/kernels/plan.h"

namespace ganflow::kernels {

// What was made of the program: the golden numbers of notes and tests. Independent of the machine.
struct Report {
  int products = 0;  // matmuls and convolutions left as such
  int kernels = 0;
  int depth = 0;   // longest chain of dependent kernels
  int copies = 0;  // concat blocks that could not be placed
  std::size_t arena_bytes = 0;
  double flops = 0;     // of the products: 2 m n k each
  std::string listing;  // one line a kernel, for --plan
};

// Everything but arena_bytes, which includes the kernels' scratch.
Report report(const Classified& classified, const Fusion& fusion, const Plan& plan);

}  // namespace ganflow::kernels
