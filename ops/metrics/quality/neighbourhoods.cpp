#include "ops/metrics/quality/neighbourhoods.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/metrics/quality/row_products.h"

namespace ganflow {
namespace {

constexpr const char* kName = "precision and recall";
constexpr double kFar = std::numeric_limits<double>::infinity();

std::vector<double> squared_norms(const FeatureRows& x) {
  std::vector<double> norms;
  for (Extent i = 0; i < x.n; ++i) {
    double sum = 0;
    for (Extent f = 0; f < x.width; ++f) sum += static_cast<double>(x.row(i)[f]) * x.row(i)[f];
    if (!std::isfinite(sum))
      fail(Fault::usage, "{}: row {} has a feature that is not finite", kName, i);
    norms.push_back(sum);
  }
  return norms;
}

// |x|^2 + |y|^2 - 2 x . y of row r of the tile, never below 0.
void squared_distances(const ProductTile& tile, Extent r, double norm, const double* norms,
                       double* distances) {
  const double* products = tile.values + r * tile.columns;
  for (Extent c = 0; c < tile.columns; ++c)
    distances[c] = std::max(0.0, norm + norms[tile.column + c] - 2 * products[c]);
}

// How many of the distances are within the greater of `reach` and `radius`.
Extent count_near(const double* distances, const double* reach, double radius, Extent count) {
  Extent near = 0;
  for (Extent i = 0; i < count; ++i) near += distances[i] <= std::max(reach[i], radius);
  return near;
}

// The k nearest of each row, ascending.
class Nearest {
 public:
  Nearest(Extent rows, int k)
      : k_(k),
        distances_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(k), kFar),
        farthest_(static_cast<std::size_t>(rows), kFar) {}

  void take(Extent row, double distance) {
    if (!(distance < farthest_[row])) return;
    double* nearest = distances_.data() + row * k_;
    Extent at = k_ - 1;
    for (; at > 0 && nearest[at - 1] > distance; --at) nearest[at] = nearest[at - 1];
    nearest[at] = distance;
    farthest_[row] = nearest[k_ - 1];
  }
  // Squared distance to the k-th nearest so far.
  const double* farthest(Extent row) const { return farthest_.data() + row; }
  // Squared distance to the k-th nearest, k as asked for or less.
  std::vector<double> radii(int k) const {
    std::vector<double> result;
    for (std::size_t at = static_cast<std::size_t>(k) - 1; at < distances_.size();
         at += static_cast<std::size_t>(k_))
      result.push_back(distances_[at]);
    return result;
  }

 private:
  Extent k_;
  std::vector<double> distances_;  // (rows, k)
  std::vector<double> farthest_;   // (rows), those of k - 1 side by side
};

Nearest nearest_others(const FeatureRows& x, const std::vector<double>& norms, int k) {
  if (x.n <= k)
    fail(Fault::usage, "{}: {} rows have no {}th neighbour, give at least {}", kName, x.n, k,
         k + 1);
  Nearest nearest(x.n, k);
  each_product_tile(x, x, true, [&](const ProductTile& tile) {
    double distances[kRowTile];
    for (Extent r = 0; r < tile.rows; ++r) {
      const Extent row = tile.row + r;
      squared_distances(tile, r, norms[row], norms.data(), distances);
      if (count_near(distances, nearest.farthest(tile.column), *nearest.farthest(row),
                     tile.columns) == 0)
        continue;  // nearly all
      for (Extent c = tile.row == tile.column ? r + 1 : 0; c < tile.columns; ++c) {
        nearest.take(row, distances[c]);
        nearest.take(tile.column + c, distances[c]);
      }
    }
  });
  return nearest;
}

double share(const std::vector<char>& inside) {
  return static_cast<double>(std::count(inside.begin(), inside.end(), 1)) /
         static_cast<double>(inside.size());
}

}  // namespace

NeighbourhoodReference::NeighbourhoodReference(const FeatureRows& real,
                                               const NeighbourhoodOptions& options)
    : real_(real), options_(options), norms_(squared_norms(real)) {
  if (options.k < 1 || options.density_k < 1)
    fail(Fault::usage, "{}: k is {} and density_k {}, both must be at least 1", kName, options.k,
         options.density_k);
  const Nearest nearest = nearest_others(real, norms_, std::max(options.k, options.density_k));
  radii_ = nearest.radii(options.k);
  density_radii_ = nearest.radii(options.density_k);
}

Neighbourhoods NeighbourhoodReference::measure(const FeatureRows& generated) const {
  check_widths(kName, generated.width, real_.width);
  const std::vector<double> norms = squared_norms(generated);
  const std::vector<double> radii = nearest_others(generated, norms, options_.k).radii(options_.k);

  std::vector<char> in_real(static_cast<std::size_t>(generated.n)),
      in_generated(static_cast<std::size_t>(real_.n)), covered(in_generated.size());
  std::vector<double> reach;
  for (Extent i = 0; i < real_.n; ++i) reach.push_back(std::max(radii_[i], density_radii_[i]));
  Extent balls = 0;
  each_product_tile(generated, real_, false, [&](const ProductTile& tile) {
    double distances[kRowTile];
    for (Extent r = 0; r < tile.rows; ++r) {
      const double radius = radii[tile.row + r];
      squared_distances(tile, r, norms[tile.row + r], norms_.data(), distances);
      if (count_near(distances, reach.data() + tile.column, radius, tile.columns) == 0)
        continue;  // nearly all
      for (Extent c = 0; c < tile.columns; ++c) {
        const Extent real = tile.column + c;
        const double distance = distances[c];
        if (distance <= radii_[real]) in_real[tile.row + r] = 1;
        if (distance <= radius) in_generated[real] = 1;
        if (distance < density_radii_[real]) {
          covered[real] = 1;
          ++balls;
        }
      }
    }
  });
  return {.precision = share(in_real),
          .recall = share(in_generated),
          .density = static_cast<double>(balls) /
                     (static_cast<double>(options_.density_k) * static_cast<double>(generated.n)),
          .coverage = share(covered)};
}

}  // namespace ganflow
