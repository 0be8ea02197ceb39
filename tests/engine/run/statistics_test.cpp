#include "engine/run/statistics.h"

#include <doctest/doctest.h>

using namespace ganflow;

TEST_SUITE("runner") {
  TEST_CASE("statistics: quantiles within the width of a bin") {
    Statistics statistics(2, 3);
    for (std::uint64_t i = 1; i <= 1000; ++i) statistics.add(i % 3, 1, i * 1000);
    const NodeStatistics node = statistics.node(1, "x");
    CHECK(node.count == 1000);
    CHECK(node.busy_seconds == doctest::Approx(500500e-6));
    CHECK(node.p50_us == doctest::Approx(500).epsilon(0.07));
    CHECK(node.p99_us == doctest::Approx(990).epsilon(0.07));
    CHECK(statistics.node(0, "y").count == 0);
    CHECK(statistics.visits() == 1000);
    Statistics extreme(1, 1);
    extreme.add(0, 0, 0);
    CHECK(extreme.node(0, "z").p50_us == 0);
    extreme.add(0, 0, ~std::uint64_t{0});
    CHECK(extreme.node(0, "z").p99_us == doctest::Approx(1.8447e16).epsilon(0.07));
  }
}
