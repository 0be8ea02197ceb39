#include "engine/run/rows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/run/statistics.h"
#include "engine/run/watchdog.h"
#include "support/toy_flow.h"

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

  TEST_CASE("the tables of a replica: phases, metric evaluations, timing") {
    const LoweredReplica replica = test::toy_replica(1, {.evaluate_every = 5});
    const auto tables = Runner::tables(replica);
    REQUIRE(tables.size() == 4);
    std::vector<std::string> names, columns;
    for (const Table& t : tables) {
      names.push_back(t.name);
      CHECK(t.columns[0].name == "step");
      CHECK(t.columns[0].type == ColumnType::int64);
    }
    CHECK(names == std::vector<std::string>{"critic", "generator", "quality", "timing"});
    for (const Column& c : tables[0].columns) columns.push_back(c.name);
    CHECK(columns ==
          std::vector<std::string>{"step", "loss", "spread.p05", "spread.p50", "spread.p95", "k"});
    CHECK(tables[0].row_bytes() == 8 + 5 * 4);
    CHECK(tables[2].row_bytes() == 8 + 2 * 8);
    CHECK(tables[3].timing);
    CHECK(table_of(replica, 0) == 2);
    CHECK_FALSE(table_of(replica, 1));
  }

  TEST_CASE("nodes of one name get their phase in front") {
    LoweredReplica replica = test::toy_replica(1);
    replica.phases[1].stages[0].name = "spheres";
    const auto names = node_names(replica);
    CHECK(names.front() == "critic/spheres");
    CHECK(names[6] == "generator/spheres");
    CHECK(names[5] == "critic_step");
    CHECK(names.back() == "writer");
  }

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

  TEST_CASE("the watchdog speaks when nothing moves, and only then") {
    std::atomic<int> asked{0};
    const auto where = [&] {
      ++asked;
      return std::string();
    };
    {
      const Watchdog watchdog(
          0.001, [] { return std::uint64_t{7}; }, where);
      for (int i = 0; i < 10000 && asked == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    CHECK(asked > 0);
    asked = 0;
    std::atomic<std::uint64_t> moves{0};
    {
      const Watchdog watchdog(
          0.001, [&] { return moves++; }, where);
      while (moves < 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    CHECK(asked == 0);
  }
}
