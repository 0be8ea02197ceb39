#include "engine/run/quantiles.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace ganflow;

TEST_SUITE("runner") {
  TEST_CASE("quantiles are those of numpy") {
    // np.quantile([3, 1, 4, 1, 5, 9, 2, 6], [.05, .5, .95]) = 1.0, 3.5, 7.95
    const std::vector<float> values{3, 1, 4, 1, 5, 9, 2, 6};
    std::vector<float> scratch(values.size());
    const auto q = quantiles(values, scratch);
    CHECK(q[0] == 1.0f);
    CHECK(q[1] == 3.5f);
    CHECK(q[2] == 7.95f);
    CHECK(values[0] == 3);
    const std::vector<float> two{10, 0};
    const auto p = quantiles(two, scratch);
    CHECK(p[0] == 0.5f);
    CHECK(p[1] == 5.0f);
    CHECK(p[2] == 9.5f);
    const std::vector<float> bad{1, std::nanf(""), 2};
    for (const float x : quantiles(bad, scratch)) CHECK(std::isnan(x));
    const std::vector<float> infinite(3, std::numeric_limits<float>::infinity());
    CHECK(std::isinf(quantiles(infinite, scratch)[1]));
  }
}
