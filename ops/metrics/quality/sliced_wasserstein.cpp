#include "ops/metrics/quality/sliced_wasserstein.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/tensor/philox.h"
#include "ops/metrics/quality/row_products.h"

namespace ganflow {
namespace {

constexpr const char* kName = "swd";

}  // namespace

std::vector<float> random_directions(Extent count, Extent width, std::uint64_t seed) {
  std::vector<float> directions;
  std::vector<double> direction(static_cast<std::size_t>(width + 3) / 4 * 4);
  for (Extent i = 0; i < count; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < direction.size(); j += 4) {
      const PhiloxBlock words =
          random_block(seed, stream_id("swd.directions"), static_cast<std::uint64_t>(i),
                       static_cast<std::uint32_t>(j / 4));
      for (std::size_t pair = 0; pair < 4; pair += 2) {
        const auto normals = normal_pair(words[pair], words[pair + 1]);
        direction[j + pair] = normals[0];
        direction[j + pair + 1] = normals[1];
      }
    }
    for (Extent j = 0; j < width; ++j) squares += direction[j] * direction[j];
    for (Extent j = 0; j < width; ++j)
      directions.push_back(static_cast<float>(direction[j] / std::sqrt(squares)));
  }
  return directions;
}

SlicedWassersteinReference::SlicedWassersteinReference(const FeatureRows& real,
                                                       std::vector<float> directions)
    : n_(real.n),
      width_(real.width),
      count_(real.width > 0 ? static_cast<Extent>(directions.size()) / real.width : 0),
      directions_(std::move(directions)) {
  if (n_ < 1 || count_ < 1)
    fail(Fault::usage, "{}: {} real rows and {} directions, give at least one of each", kName, n_,
         count_);
  real_ = sorted(real);
}

std::vector<double> SlicedWassersteinReference::sorted(const FeatureRows& rows) const {
  std::vector<double> projections(static_cast<std::size_t>(count_ * n_));
  each_product_tile({directions_, count_, width_}, rows, false, [&](const ProductTile& tile) {
    for (Extent r = 0; r < tile.rows; ++r)
      std::copy_n(tile.values + r * tile.columns, tile.columns,
                  projections.data() + (tile.row + r) * n_ + tile.column);
  });
  for (Extent i = 0; i < count_; ++i)
    std::sort(projections.begin() + i * n_, projections.begin() + (i + 1) * n_);
  return projections;
}

double SlicedWassersteinReference::distance(const FeatureRows& generated) const {
  check_widths(kName, generated.width, width_);
  if (generated.n != n_)
    fail(Fault::usage, "{}: {} generated rows and {} real ones, give as many of both", kName,
         generated.n, n_);
  for (const float v : generated.values)  // what is not a number has no order
    if (!std::isfinite(v)) return std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> projections = sorted(generated);
  double total = 0;
  for (std::size_t i = 0; i < projections.size(); ++i) {
    const double apart = projections[i] - real_[i];
    total += apart * apart;
  }
  return std::sqrt(total / static_cast<double>(projections.size()));
}

}  // namespace ganflow
