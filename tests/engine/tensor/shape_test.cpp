// Shapes: what they count, and what they refuse.
#include "engine/tensor/shape.h"

#include <doctest/doctest.h>

#include "engine/error.h"

using namespace ganflow;

TEST_SUITE_BEGIN("tensor");

TEST_CASE("elements and rows") {
  const Shape s{4, 3, 2};
  CHECK(s.elements() == 24);
  CHECK(s.row_elements() == 6);
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{0, Extent{1} << 60, Extent{1} << 60}.elements() == 0);
}

// Element counts overflowed unseen: a batch of 4611686018427387904 rows had 0 elements of 4.
TEST_CASE("more elements than can be counted are refused, however the shape is made") {
  const Extent large = Extent{1} << 62;
  CHECK_THROWS_WITH_AS((Shape{large, 4}),
                       "shape (4611686018427387904,4) has more elements than the "
                       "1152921504606846975 that a tensor can have: make it smaller",
                       Error);
  CHECK_THROWS_AS((Shape{large}), Error);  // its bytes
  CHECK(Shape{Shape::kMostElements}.elements() == Shape::kMostElements);
  const Shape row{1, 1 << 20};
  CHECK_THROWS_AS(row.with_rows(large), Error);
  CHECK_THROWS_AS(row.with(1, Extent{1} << 50), Error);
  Shape changed = row;
  changed[0] = large;
  CHECK_THROWS_AS(changed.elements(), Error);
}

TEST_SUITE_END();
