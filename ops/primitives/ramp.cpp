#include "ops/primitives/ramp.h"

#include <array>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"

namespace ganflow {

// By doubling: log2(n) operations.
Value ramp(Builder& builder, Extent n) {
  Value r = full(builder, {1}, 0);
  while (r.shape()[0] < n) r = concat(std::array{r, r + static_cast<double>(r.shape()[0])});
  return slice(r, 0, 0, n);
}

}  // namespace ganflow
