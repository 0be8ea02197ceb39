#include "ops/sources/sphere_set.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr Extent kMaxSide = 1024;

SphereGrid resolve(SphereGrid grid, int count) {
  if (grid != SphereGrid::by_count) return grid;
  return count == 1 ? SphereGrid::half_open : SphereGrid::closed;
}

}  // namespace

std::vector<std::pair<std::string, SphereShape>> sphere_shapes() {
  return {{"disc", SphereShape::disc}, {"rectangle", SphereShape::rectangle}};
}

std::vector<std::pair<std::string, SphereGrid>> sphere_grids() {
  return {{"by_count", SphereGrid::by_count},
          {"half_open", SphereGrid::half_open},
          {"closed", SphereGrid::closed}};
}

SphereSet::SphereSet(const SphereGeometry& geometry) : geometry_(geometry) {
  const int count = geometry.count;
  const Extent side = geometry.side, radius = geometry.radius;
  const SphereGrid grid = geometry.grid;
  if (count != 1 && count != 2)
    fail(Fault::usage, "spheres: count is {}, an image holds 1 or 2 spheres", count);
  if (side < 1 || side > kMaxSide)
    fail(Fault::usage, "spheres: side is {}, it must lie in 1..{} pixels", side, kMaxSide);
  if (radius < 1) fail(Fault::usage, "spheres: radius is {}, it must be at least 1 pixel", radius);
  if (count == 2 && geometry.shape == SphereShape::rectangle)
    fail(Fault::usage,
         "spheres: count is 2 and shape rectangle, whose corners could lie in each other: two "
         "radii keep discs and ovals apart only, take one of these or count 1");
  const auto most = static_cast<double>(2 * radius);
  if (!(geometry.aspect >= 1 && geometry.aspect <= most))
    fail(Fault::usage,
         "spheres: aspect is {}, it must lie in 1..{}, of radius {} that is one row of pixels",
         geometry.aspect, most, radius);

  geometry_.grid = resolve(grid, count);
  const bool closed = geometry_.grid == SphereGrid::closed;
  low_ = static_cast<int>(radius);
  positions_ = static_cast<int>(std::max<Extent>(0, side - 2 * radius + (closed ? 1 : 0)));
  const Extent widest = (side - (closed ? 0 : 1)) / 2;
  if (positions_ == 0)
    fail(Fault::usage,
         "spheres: radius {} does not fit side {}: a disc is {} pixels wide, make side at least "
         "{}{}",
         radius, side, 2 * radius + 1, 2 * radius + (closed ? 0 : 1),
         widest > 0 ? fmt::format(" or radius at most {}", widest) : "");

  const int places = positions_ * positions_;
  if (count == 1) {
    size_ = static_cast<std::uint64_t>(places);
    return;
  }
  const int apart = 2 * low_;
  gap_.resize(static_cast<std::size_t>(positions_));
  for (int dy = 0; dy < positions_; ++dy) {
    int dx = 0;
    while (dx * dx + dy * dy < apart * apart) ++dx;
    gap_[dy] = dx;
  }
  start_.resize(static_cast<std::size_t>(places));
  size_ = 0;
  for (int place = 0; place < places; ++place) {
    start_[place] = size_;
    const Centre first = at(place);
    for (int dy = 0; first.y + dy < low_ + positions_; ++dy) {
      const formulas::SpherePartners row = partners(first, dy);
      size_ += static_cast<std::uint64_t>(row.left + row.right);
    }
  }
  if (size_ == 0)
    fail(Fault::usage,
         "spheres: no two spheres of radius {} fit side {} without overlap: centres lie in {}..{} "
         "and must be {} pixels apart, make side larger or radius smaller",
         radius, side, low_, low_ + positions_ - 1, apart);
}

Centres SphereSet::centres(std::uint64_t index) const {
  const formulas::SpherePlaces places =
      formulas::sphere_places(order(), gap_.data(), start_.data(), index);
  return {at(places.at[0]), geometry_.count == 1 ? Centre{} : at(places.at[1])};
}

std::optional<std::uint64_t> SphereSet::index(const Centres& c) const {
  const auto inside = [&](Centre p) { return p == clamp(p); };
  if (!inside(c[0])) return std::nullopt;
  if (geometry_.count == 1) return place(c[0]);
  const int apart = 2 * low_;
  if (!inside(c[1]) || !(c[0] < c[1]) || squared_distance(c[0], c[1]) < apart * apart)
    return std::nullopt;
  std::uint64_t index = start_[place(c[0])];
  for (int dy = 0; dy < c[1].y - c[0].y; ++dy) {
    const formulas::SpherePartners row = partners(c[0], dy);
    index += static_cast<std::uint64_t>(row.left + row.right);
  }
  const formulas::SpherePartners row = partners(c[0], c[1].y - c[0].y);
  const int x = c[1].x - low_;
  return index + (x < row.left ? x : row.left + x - (positions_ - row.right));
}

Centre SphereSet::clamp(Centre c) const {
  const int high = low_ + positions_ - 1;
  return {std::clamp(c.y, low_, high), std::clamp(c.x, low_, high)};
}

double tunable_sigmoid(double x, double k) {
  k = std::max(k, -0.99999);
  const double u = 2 * x - 1;
  return (u - k * u) / (2 * (k - 2 * k * std::abs(u) + 1)) + 0.5;
}

double sphere_sigma(Extent radius) {
  return std::sqrt((static_cast<double>(radius * radius) + 0.5) / (2 * std::numbers::ln2));
}

SphereTemplate::SphereTemplate(const SphereSet& set, double k)
    : side_(set.geometry().side), table_((2 * side_ - 1) * (2 * side_ - 1)) {
  const auto& g = set.geometry();
  const double sigma = sphere_sigma(g.radius);
  std::size_t i = 0;
  for (Extent dy = 1 - side_; dy < side_; ++dy)
    for (Extent dx = 1 - side_; dx < side_; ++dx) {
      const double across = static_cast<double>(dx), down = g.aspect * static_cast<double>(dy);
      const double d2 = g.shape == SphereShape::disc ? across * across + down * down
                                                     : std::max(across * across, down * down);
      const double own = g.sharp ? (d2 <= static_cast<double>(g.radius * g.radius) ? 1.0 : 0.0)
                                 : std::exp(-d2 / (2 * sigma * sigma));
      table_[i++] = static_cast<float>(tunable_sigmoid(own, k));
    }
}

void SphereTemplate::render(std::span<const Centre> centres, std::span<float> image) const {
  float* out = image.data();
  for (Extent y = 0; y < side_; ++y, out += side_) {
    const float* a = row(centres.front(), y);
    const float* b = row(centres.back(), y);
    for (Extent x = 0; x < side_; ++x) out[x] = std::max(a[x], b[x]);
  }
}

}  // namespace ganflow
