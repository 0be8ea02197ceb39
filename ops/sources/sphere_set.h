// The geometry of the artificial spheres: which centres exist, in which order, and what an image
// looks like. Shared by the source that draws them and the metric that detects them (TH 3.1, 3.2).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor/shape.h"
#include "ops/primitives/formulas/sphere_images.h"

namespace ganflow {

// Where a centre may lie along each axis of an image of `side` pixels.
enum class SphereGrid : std::uint8_t {
  by_count,   // what reproduces the published sizes: half_open for one sphere, closed for two
  half_open,  // radius .. side - radius - 1: the whole disc is inside
  closed,     // radius .. side - radius: a disc at the far end loses its outermost pixel
};

// By the names above.
std::vector<std::pair<std::string, SphereGrid>> sphere_grids();

// What stands at a centre: the pixels whose distance from it is at most the radius (TH-39), by
//
//   disc        sqrt(dx^2 + (aspect dy)^2): with an aspect above 1 an oval, wider than high
//   rectangle   max(|dx|, aspect |dy|), one in an image
enum class SphereShape : std::uint8_t { disc, rectangle };

// By the names above.
std::vector<std::pair<std::string, SphereShape>> sphere_shapes();

struct SphereGeometry {
  int count = 1;                           // spheres per image, 1 or 2
  Extent side = 28;                        // pixels, up to 1024
  Extent radius = 4;                       // pixels, from 1
  SphereGrid grid = SphereGrid::by_count;  //
  bool sharp = false;                      // a binary disc instead of the smooth sphere
  SphereShape shape = SphereShape::disc;   //
  double aspect = 1;                       // 1 .. 2 radius, of width to height
};

struct Centre {
  int y = 0, x = 0;
  auto operator<=>(const Centre&) const = default;
};

// One or two centres: only the first `count` mean anything. Two are in ascending order.
using Centres = std::array<Centre, 2>;

inline int squared_distance(Centre a, Centre b) {
  return (a.y - b.y) * (a.y - b.y) + (a.x - b.x) * (a.x - b.x);
}

// All images of a geometry, numbered: centres row by row; pairs in lexicographic order, unordered
// and at least two radii apart. 28x28, radius 4: 400 single spheres, 67,230 pairs; 48x48: 1,600
// single spheres. Nothing of the size of the set is kept.
class SphereSet {
 public:
  // Throws Error(usage) for a geometry that holds no image.
  explicit SphereSet(const SphereGeometry& geometry);

  const SphereGeometry& geometry() const { return geometry_; }  // grid resolved
  std::uint64_t size() const { return size_; }
  int low() const { return low_; }              // smallest coordinate of a centre
  int positions() const { return positions_; }  // along each axis
  formulas::SphereOrder order() const { return {geometry_.count, positions_}; }
  // Tables of formulas::sphere_places(), empty for one sphere.
  const std::vector<int>& gaps() const { return gap_; }
  const std::vector<std::uint64_t>& starts() const { return start_; }

  Centres centres(std::uint64_t index) const;                  // index < size()
  std::optional<std::uint64_t> index(const Centres& c) const;  // absent: not in the set
  Centre clamp(Centre c) const;                                // nearest position of the grid
  int place(Centre c) const {                                  // 0 .. positions^2 - 1
    return (c.y - low_) * positions_ + c.x - low_;
  }

 private:
  Centre at(int place) const { return {low_ + place / positions_, low_ + place % positions_}; }
  formulas::SpherePartners partners(Centre first, int dy) const {
    return formulas::sphere_partners(order(), gap_.data(), first.x - low_, dy);
  }

  SphereGeometry geometry_;
  int low_, positions_;
  std::uint64_t size_;
  std::vector<int> gap_;              // least |dx| of two centres dy rows apart
  std::vector<std::uint64_t> start_;  // pairs whose first centre is an earlier one
};

// The tunable sigmoid f(x; k) = ((2x-1) - k (2x-1)) / (2 (k - 2 k |2x-1| + 1)) + 1/2 of TH 4.2 that
// turns a smooth pixel x in [0, 1] into a sharper one; k in [-1, 0], 0 is the identity. k below
// -0.99999 is taken as -0.99999, since the formula is 0/0 at k = -1, x = 1/2.
double tunable_sigmoid(double x, double k);

// Width of the smooth sphere: sqrt((radius^2 + 1/2) / (2 ln 2)) puts the value 1/2 between the last
// pixel of the disc and the next one, so that sharpening ends at the disc.
double sphere_sigma(Extent radius);

// What one sphere looks like, sharpened by k, around any pixel of the image:
//   smooth I = exp(-d^2 / (2 sigma^2)),  sharp I = 1 if d <= radius, 0 otherwise,
// d the distance of the shape.
// Two spheres in one image: pixel = the greater of both values.
class SphereTemplate {
 public:
  SphereTemplate(const SphereSet& set, double k);

  Extent side() const { return side_; }
  float at(int dy, int dx) const {
    return table_[(dy + side_ - 1) * (2 * side_ - 1) + dx + side_ - 1];
  }
  // Row y of the image of a sphere centred at c: side() contiguous pixels.
  const float* row(Centre c, Extent y) const {
    return &table_[formulas::template_row(side_, y, c.y, c.x)];
  }
  const std::vector<float>& table() const { return table_; }  // (2 side - 1, 2 side - 1)
  // The image (side * side) of one or two spheres.
  void render(std::span<const Centre> centres, std::span<float> image) const;

 private:
  Extent side_;
  std::vector<float> table_;  // by offset, (2 side - 1, 2 side - 1)
};

}  // namespace ganflow
