#include "ops/primitives/softmax.h"

#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/math.h"
#include "ops/primitives/maximum.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

// m cancels out of the derivative: none of it goes there.
Value log_softmax(Value x, int axis) {
  const auto along = [&](Value row) {
    return broadcast_axes(row, std::int64_t{1} << axis, x.shape());
  };
  const Value z = x - along(maximum(stop(x), axis));
  return z - along(log(sum(exp(z), {axis})));
}

Value softmax(Value x, int axis) { return exp(log_softmax(x, axis)); }

}  // namespace ganflow
