#include "ops/metrics/quality/row_products.h"

#include <algorithm>
#include <vector>

#include "ops/metrics/quality/linear_algebra.h"

namespace ganflow {
namespace {

constexpr Extent kLine = 16;  // features of a row read at once: a line of the cache

}  // namespace

void each_product_tile(const FeatureRows& x, const FeatureRows& y, bool upper,
                       const std::function<void(const ProductTile&)>& visit) {
  const Extent d = x.width;
  std::vector<double> left(static_cast<std::size_t>(kRowTile * d)), right(left.size()),
      products(static_cast<std::size_t>(kRowTile * kRowTile));
  for (Extent j = 0; j < y.n; j += kRowTile) {
    const Extent columns = std::min(kRowTile, y.n - j);
    for (Extent block = 0; block < d; block += kLine)
      for (Extent c = 0; c < columns; ++c)
        for (Extent f = block; f < std::min(block + kLine, d); ++f)
          right[f * columns + c] = y.row(j + c)[f];
    for (Extent i = 0; i < (upper ? j + 1 : x.n); i += kRowTile) {
      const Extent rows = std::min(kRowTile, x.n - i);
      std::copy_n(x.row(i), rows * d, left.begin());
      std::fill_n(products.begin(), rows * columns, 0.0);
      multiply_add(rows, columns, d, left.data(), d, right.data(), columns, products.data(),
                   columns);
      visit({i, j, rows, columns, products.data()});
    }
  }
}

}  // namespace ganflow
