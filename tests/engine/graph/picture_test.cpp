#include "engine/graph/picture.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::string said(const Picture& picture, const Shape& row) {
  return error_of([&] { require_drawable("samples", picture, row); });
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("pictures that can be drawn") {
    CHECK(said({.height = 28, .width = 28}, {784}) == "");
    CHECK(said({.height = 28, .width = 28}, {1, 28, 28}) == "");
    CHECK(said({.height = 28, .width = 28}, {28, 28}) == "");
    CHECK(said({.height = 4, .width = 6, .channels = 3, .lo = -1}, {3, 4, 6}) == "");
    CHECK(said({.channels = 0, .lo = -2, .hi = 2}, {2}) == "");
    CHECK(said({.channels = 0, .lo = 0, .hi = 0}, {1}) == "");
  }

  // Was: a picture of 32 x 28 over rows of 784 read past the heap (valgrind), and the run said 0.
  TEST_CASE("a picture of another size than the samples") {
    CHECK(said({.height = 32, .width = 28}, {784}) ==
          "2 samples: a picture (1,32,28) [C,H,W] has 896 numbers, a sample (784) has 784: they "
          "must be the same");
    CHECK(said({.height = 6, .width = 4, .channels = 3}, {3, 4, 6}) ==
          "2 samples: a picture (3,6,4) [C,H,W] has 72 numbers, a sample (3,4,6) has 72: they must "
          "be the same");
    CHECK(said({.channels = 0}, {784}) ==
          "2 samples: points have 1 or 2 numbers, a sample (784) has 784; give the picture a "
          "height, a width and 1 or 3 channels");
  }

  // Was: said at the first sample, as "free its disk", after the grace of a full one.
  TEST_CASE("pictures that cannot be drawn at all") {
    CHECK(said({}, {784}) ==
          "2 samples: the picture is 0 x 0 pixels, both must be at least 1; channels = 0 draws "
          "points");
    CHECK(said({.height = 2, .width = 2, .channels = 2}, {8}) ==
          "2 samples: the picture has 2 channels, it takes 1 (gray), 3 (RGB) or 0 for points");
    CHECK(said({.height = 2, .width = 2, .lo = 1, .hi = 1}, {4}) ==
          "2 samples: the picture's range is from 1 to 1, lo must be below hi");
    CHECK(said({.height = 2, .width = 2, .lo = std::nan("")}, {4}) ==
          "2 samples: the picture's range is from nan to 1, lo must be below hi");
    CHECK(said({.height = 2, .width = 2, .columns = -1}, {4}) ==
          "2 samples: the picture has -1 columns, it must have at least 0");
  }
}
