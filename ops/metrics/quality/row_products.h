// Inner products of the rows of two sets, tile by tile: distances and kernels of many pairs in
// memory for few.
#pragma once

#include <functional>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

struct ProductTile {
  Extent row = 0, column = 0;    // of its first pair
  Extent rows = 0, columns = 0;  // at most kRowTile each
  const double* values;          // (rows, columns)
};
inline constexpr Extent kRowTile = 128;

// Visits x_i . y_j for all pairs, one column of tiles after the other. With `upper`, tiles with
// row <= column only: enough for a set against itself.
void each_product_tile(const FeatureRows& x, const FeatureRows& y, bool upper,
                       const std::function<void(const ProductTile&)>& visit);

}  // namespace ganflow
