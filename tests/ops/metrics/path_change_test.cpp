#include "ops/metrics/path_change.h"

#include <doctest/doctest.h>

#include <vector>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("path_change") {
  TEST_CASE("neighbours, the largest step and the ends, never across paths") {
    const auto metric = PathChange{.frames = 3, .paths = 2}.open();
    CHECK(metric->samples() == 6);
    // (0,0) (3,4) (3,4) | (100,0) (100,1) (100,0)
    const std::vector<float> rows{0, 0, 3, 4, 3, 4, 100, 0, 100, 1, 100, 0};
    const auto values = metric->measure({.samples = rows, .n = 6, .row = Shape{2}});
    CHECK(values == std::vector<double>{(5 + 0 + 1 + 1) / 4., 5, 2.5});
    CHECK(error_of([] { PathChange{.frames = 1}.open(); }) ==
          "2 path_change: frames is 1 and paths 100, they must be at least 2 and at least 1");
  }
}
