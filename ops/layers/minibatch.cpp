#include "ops/layers/minibatch.h"

#include <fmt/format.h>

#include <array>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/normalize.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value MinibatchDiscrimination::operator()(Formula& f, Value x) const {
  if (kernels < 1 || width < 1)
    formula_error(f.builder(), fmt::format("minibatch discrimination: kernels is {} and width {}, "
                                           "both must be at least 1",
                                           kernels, width));
  const Extent n = x.rows();
  const Value t =
      f.variable("t", {x.shape().row_elements(), kernels * width}, Keep::parameter, init);
  require_features("minibatch discrimination", x, t);
  const Value m = reshape(matmul(x, t), {n, kernels, width});
  const Value distance = abs(broadcast(m, {1}, {n}) - broadcast(m, {0}, {n}));  // (N,N,B,C)
  const Value closeness = sum(exp(-sum(distance, {3})), {1});
  return concat(std::array{x, closeness}, 1);
}

Value MinibatchDeviation::operator()(Formula& f, Value x) const {
  if (x.shape().rank() < 2)
    formula_error(f.builder(),
                  fmt::format("minibatch deviation: x {} has no channels, it needs two "
                              "axes or more",
                              x.shape().str()));
  const Value centred = x - broadcast_to(mean_over(x, 1), x.shape());
  const Value deviation = mean(sqrt(mean_over(square(centred), 1) + 1e-12));
  Shape map = x.shape();
  map[1] = 1;
  return concat(std::array{x, broadcast_to(deviation, map)}, 1);
}

}  // namespace ganflow
