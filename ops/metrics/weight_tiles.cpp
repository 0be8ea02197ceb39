#include "ops/metrics/weight_tiles.h"

#include "engine/program/concat.h"
#include "ops/checks.h"
#include "ops/metrics/parameters.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value WeightTiles::operator()(Formula& f) const {
  require_in(f, "height", static_cast<double>(height), at_least(2));
  require_in(f, "width", static_cast<double>(width), at_least(2));
  const Extent pixels = channels * height * width;
  Value weights;
  for (const NamedParameter& p : parameters_of(f, network))
    if (p.value.shape().rank() == 2 && p.value.shape()[1] == pixels) weights = p.value;
  if (!weights)
    formula_error(f.builder(),
                  fmt::format("network '{}' has no weights of shape (units,{}) that paint {} x {} "
                              "pixels with {} channels: take a fully connected generator",
                              network.name(), pixels, height, width, channels));
  Value tiles = reshape(weights, {weights.rows() * channels, height, width});
  tiles = tiles - broadcast_rows(mean(tiles, {1, 2}), tiles);
  const auto products = [&](int axis, Extent n) {
    return row_sums(slice(tiles, axis, 0, n - 1) * slice(tiles, axis, 1, n));
  };
  const auto pairs = static_cast<double>((height - 1) * width + height * (width - 1));
  const Value covariance = (products(1, height) + products(2, width)) / pairs;
  const Value variance = row_sums(square(tiles)) / static_cast<double>(height * width);
  const Value flat = equal(variance, 0);
  const Value r = select(flat, 0.0, covariance / select(flat, 1.0, variance));
  f.tap("correlation", r, {.description = "of neighbouring weights in a tile"});
  return mean(select(greater_equal(r, least), 0.0, 1.0));
}

}  // namespace ganflow
