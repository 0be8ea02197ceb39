#include "ops/transforms/one_hot.h"

#include "ops/checks.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/ramp.h"

namespace ganflow {

Value OneHot::operator()(Formula& f, Value x) const {
  if (classes < 1)
    formula_error(f.builder(), fmt::format("classes are {}, there must be at least 1", classes));
  if (x.shape().rank() != 1)
    formula_error(f.builder(),
                  fmt::format("labels are one number a row (N), x has shape {}", x.shape().str()));
  const Value number = broadcast(x, {1}, {classes});
  return select(equal(number, ramp(f.builder(), classes)), 1.0, 0.0);
}

}  // namespace ganflow
