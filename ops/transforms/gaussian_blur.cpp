#include "ops/transforms/gaussian_blur.h"

#include <array>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/ramp.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value gaussian_band(Value sigma, Extent side) {
  // One period of distances, 0 .. side, side-1 .. 1: cut out of its repetition with a stride of
  // 2 side - 1, row i comes to start at distance i, which is the band matrix.
  const Value up = ramp(sigma.builder(), side);
  const Value d = concat(std::array{up, static_cast<double>(side) - up});  // (2 side)
  // d <= ceil(3 sigma) is d - 1 < 3 sigma for whole d. At sigma = 0 only d = 0 is left.
  const Value inside = greater(3 * sigma, d - 1);
  const Value variance = max(square(sigma), 1e-12);
  const Value w = select(inside, exp(square(d) / variance * -0.5), 0);
  const Value kept = select(greater(d, static_cast<double>(side) - 0.5), 0, w);  // d = side: no tap
  const Value weights = kept / sum(kept);

  const Value rows = reshape(broadcast_to(weights, {side, 2 * side}), {2 * side * side});
  const Value shifted = reshape(slice(rows, 0, 0, side * (2 * side - 1)), {side, 2 * side - 1});
  return slice(shifted, 1, 0, side);
}

Value GaussianBlur::operator()(Formula& f, Value x) const {
  require_in(f, "side", static_cast<double>(side), at_least(1));
  require_in(f, "channels", static_cast<double>(channels), at_least(1));
  const Extent planes = x.rows() * channels;
  if (x.shape().elements() != planes * side * side)
    formula_error(f.builder(),
                  fmt::format("x has {} pixels per sample, channels {} of side {} need {}: x {}",
                              x.shape().row_elements(), channels, side, channels * side * side,
                              x.shape().str()));
  const Value k = gaussian_band(f.scalar("sigma", sigma, at_least(0), "blur, pixels"), side);
  // K is symmetric: both directions are a product with K from the right.
  const auto along_last = [&](Value v) {
    return reshape(matmul(reshape(v, {planes * side, side}), k), {planes, side, side});
  };
  const Value columns = permute(along_last(x), {0, 2, 1});
  return reshape(permute(along_last(columns), {0, 2, 1}), x.shape());
}

}  // namespace ganflow
