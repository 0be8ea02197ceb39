#include "ops/metrics/centre_kl.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

constexpr int kFloorDraws = 4;
constexpr int kMaxPairPositions = 64;  // 64^4 doubles are 128 MiB
constexpr double kKernelReach = 8;     // bandwidths; exp(-32) is below double rounding

double normal(double x, double std) {
  return std::exp(-0.5 * (x / std) * (x / std)) / (std * std::sqrt(2 * std::numbers::pi));
}

// Sum of q log(q * scale) over a table of masses or densities; `total` is what they sum to.
class KlSum {
 public:
  void add(double q) {
    total_ += q;
    if (q > 0) entropy_ += q * std::log(q);
  }
  // `cells` equal cells of p; a cell of q weighs `volume` if q is not renormalised.
  double value(double cells, double volume, bool renormalise) const {
    if (renormalise) return entropy_ / total_ - std::log(total_) + std::log(cells);
    return volume * (entropy_ + total_ * std::log(cells * volume));
  }

 private:
  double total_ = 0, entropy_ = 0;
};

}  // namespace

CentreKl::CentreKl(const SphereSet& set, const CentreKlOptions& options)
    : set_(set), options_(options) {
  if (!(options.bandwidth > 0) || !std::isfinite(options.bandwidth))
    fail(Fault::usage, "sphere quality: bandwidth is {}, it must be above 0 pixels",
         options.bandwidth);
  if (!(options.step > 0 && options.step <= 1))
    fail(Fault::usage, "sphere quality: step is {}, it must lie in (0, 1] pixels", options.step);
  const int m = set.positions();
  const bool pairs = set.geometry().count == 2;
  if (pairs && m > kMaxPairPositions)
    fail(Fault::usage,
         "sphere quality: two centres with {} positions along each axis make {:.2g} pairs, at most "
         "{} positions are measured, use a smaller side",
         m, std::pow(m, 4), kMaxPairPositions);
  cells_ = pairs ? m : std::lround(m / options.step);
  const double cell = static_cast<double>(m) / static_cast<double>(cells_);
  kernel_.resize(static_cast<std::size_t>(cells_ * m));
  for (Extent g = 0; g < cells_; ++g)
    for (int c = 0; c < m; ++c) {
      const double x = (static_cast<double>(g) + 0.5) * cell - 0.5;  // cell midpoint
      kernel_[g * m + c] = normal(x - c, options.bandwidth);
    }
}

double CentreKl::parzen(std::span<const Centres> centres) const {
  return set_.geometry().count == 1 ? one_sphere(centres) : two_spheres(centres);
}

double CentreKl::one_sphere(std::span<const Centres> centres) const {
  const Extent m = set_.positions();
  std::vector<double> count(m * m), across(m * cells_);
  for (const Centres& c : centres)
    count[set_.place(set_.clamp(c[0]))] += 1.0 / static_cast<double>(centres.size());
  for (Extent y = 0; y < m; ++y)
    for (Extent g = 0; g < cells_; ++g)
      for (Extent x = 0; x < m; ++x)
        across[y * cells_ + g] += kernel_[g * m + x] * count[y * m + x];
  KlSum kl;
  std::vector<double> density(cells_);
  for (Extent h = 0; h < cells_; ++h) {
    std::fill(density.begin(), density.end(), 0.0);
    for (Extent y = 0; y < m; ++y)
      for (Extent g = 0; g < cells_; ++g) density[g] += kernel_[h * m + y] * across[y * cells_ + g];
    for (double q : density) kl.add(q);
  }
  const double side = static_cast<double>(m) / static_cast<double>(cells_);
  const auto cells = static_cast<double>(cells_ * cells_);
  return kl.value(cells, side * side, options_.renormalise);
}

double CentreKl::two_spheres(std::span<const Centres> centres) const {
  const Extent m = set_.positions(), places = m * m;
  std::vector<double> density(places * places);
  for (Centres c : centres) {
    c = {set_.clamp(c[0]), set_.clamp(c[1])};
    if (c[1] < c[0]) std::swap(c[0], c[1]);
    density[set_.place(c[0]) * places + set_.place(c[1])] +=
        1.0 / static_cast<double>(centres.size());
  }
  // The kernel is a product over the four coordinates: one pass along each.
  const auto reach = static_cast<Extent>(std::ceil(kKernelReach * options_.bandwidth));
  std::vector<double> line;
  for (Extent inner = 1; inner < places * places; inner *= m) {
    const Extent block = inner * m;
    for (Extent at = 0; at < places * places; at += block) {
      double* out = &density[at];
      line.assign(out, out + block);
      std::fill(out, out + block, 0.0);
      for (Extent i = 0; i < m; ++i)
        for (Extent j = std::max<Extent>(0, i - reach); j < std::min(m, i + reach + 1); ++j)
          for (Extent e = 0; e < inner; ++e)
            out[i * inner + e] += kernel_[i * m + j] * line[j * inner + e];
    }
  }
  KlSum kl;
  for (std::uint64_t i = 0; i < set_.size(); ++i) {
    const Centres c = set_.centres(i);
    kl.add(density[set_.place(c[0]) * places + set_.place(c[1])]);
  }
  return kl.value(static_cast<double>(set_.size()), 1, options_.renormalise);
}

double CentreKl::histogram(std::span<const Centres> centres) const {
  std::vector<std::uint64_t> members;
  for (const Centres& c : centres)
    if (const auto index = set_.index(c)) members.push_back(*index);
  if (members.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(members.begin(), members.end());
  KlSum kl;
  for (auto at = members.begin(); at != members.end();) {
    const auto next = std::upper_bound(at, members.end(), *at);
    kl.add(static_cast<double>(next - at));
    at = next;
  }
  const auto size = static_cast<double>(set_.size()), n = static_cast<double>(members.size());
  return kl.value(size, 1, true) - (size - 1) / (2 * n);
}

double CentreKl::floor(Extent samples) const {
  double sum = 0;
  std::vector<Centres> centres(static_cast<std::size_t>(samples));
  for (int draw = 0; draw < kFloorDraws; ++draw) {
    for (std::size_t i = 0; i < centres.size(); ++i) {
      const std::uint64_t word = random_word(0, stream_id("sphere_quality.floor"), draw, i);
      centres[i] = set_.centres((word * set_.size()) >> 32);
    }
    sum += parzen(centres);
  }
  return sum / kFloorDraws;
}

}  // namespace ganflow
