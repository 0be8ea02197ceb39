// Centres and pixels of the artificial spheres (ops/sources/sphere_set.h). A centre is a place: row
// by row of the positions that the grid allows.
#pragma once

#include "engine/program/formulas/function.h"
#include "ops/primitives/formulas/set_items.h"

namespace ganflow::formulas {

// All images of a geometry, numbered; of two spheres in lexicographic order.
struct SphereOrder {
  int count;      // spheres per image, 1 or 2
  int positions;  // along each axis
};

// Partners of a centre in one row: `left` of lower and `right` of higher x.
struct SpherePartners {
  int left, right;
};
// Of a centre at position x in the row dy below it (dy >= 0): those at least gaps[dy] columns away
// and later in order.
GANFLOW_FUNCTION constexpr SpherePartners sphere_partners(const SphereOrder& order, const int* gaps,
                                                          int x, int dy) {
  const int gap = gaps[dy], least = gap < 1 ? 1 : gap;
  const int right = order.positions - x - least > 0 ? order.positions - x - least : 0;
  if (dy == 0) return {0, right};
  if (gap == 0) return {x + 1, right};  // the place straight below counts as left
  return {x - gap + 1 > 0 ? x - gap + 1 : 0, right};
}

struct SpherePlaces {
  int at[2];
};
// starts[p]: images whose first centre is at a place before p.
GANFLOW_FUNCTION constexpr SpherePlaces sphere_places(const SphereOrder& order, const int* gaps,
                                                      const std::uint64_t* starts,
                                                      std::uint64_t image) {
  if (order.count == 1) return {{static_cast<int>(image), 0}};
  int first = 0;  // the last place that starts at `image` or before
  for (int end = order.positions * order.positions; end - first > 1;) {
    const int middle = first + (end - first) / 2;
    if (starts[middle] <= image)
      first = middle;
    else
      end = middle;
  }
  int rest = static_cast<int>(image - starts[first]);
  const int x = first % order.positions, row = first - x;
  for (int dy = 0;; ++dy) {
    const SpherePartners p = sphere_partners(order, gaps, x, dy);
    const int below = row + dy * order.positions;
    if (rest < p.left) return {{first, below + rest}};
    rest -= p.left;
    if (rest < p.right) return {{first, below + order.positions - p.right + rest}};
    rest -= p.right;
  }
}

// A part of such a set, and the order in which it is visited.
struct SphereBatches {
  SetOrder order;  // of the items that are kept
  Bijection all;   // item i is image permuted(all, subset_seed, .., i) where not all are kept
  std::uint64_t subset_seed;
  std::uint32_t subset_stream;
  int is_subset;
  SphereOrder images;
};

GANFLOW_FUNCTION constexpr std::uint64_t sphere_image(const SphereBatches& s, std::uint64_t item) {
  return s.is_subset ? permuted(s.all, s.subset_seed, s.subset_stream, 0, item) : item;
}

// Element e of the places (N, count).
GANFLOW_FUNCTION constexpr int sphere_place(long long e, const SphereBatches& s, const int* gaps,
                                            const std::uint64_t* starts, std::uint64_t seed,
                                            std::uint32_t stream, std::uint64_t step,
                                            long long batch) {
  const long long row = e / s.images.count;
  const std::uint64_t image = sphere_image(s, set_item(s.order, seed, stream, step, batch, row));
  return sphere_places(s.images, gaps, starts, image).at[e % s.images.count];
}

// Element of a table (2 side - 1, 2 side - 1), by offset from the centre, for row y of an image and
// its column 0.
GANFLOW_FUNCTION constexpr long long template_row(long long side, long long y, long long cy,
                                                  long long cx) {
  return (y - cy + side - 1) * (2 * side - 1) + side - 1 - cx;
}

// Element e of the images (N, side side) of `count` spheres each: the greatest of their values
// . `low`: the coordinate of position 0.
template <class T>
GANFLOW_FUNCTION T sphere_pixel(long long e, const int* places, const T* table, long long side,
                                long long count, long long positions, long long low) {
  const long long row = e / (side * side), y = e / side % side, x = e % side;
  T value = 0;
  for (long long s = 0; s < count; ++s) {
    const int place = places[row * count + s];
    const T here =
        table[template_row(side, y, low + place / positions, low + place % positions) + x];
    if (s == 0 || value < here) value = here;
  }
  return value;
}

}  // namespace ganflow::formulas
