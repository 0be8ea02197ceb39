#include "engine/graph/lowered_tables.h"

#include <doctest/doctest.h>

#include "support/toy_flow.h"

using namespace ganflow;

TEST_SUITE("graph") {
  TEST_CASE("the tables of a replica: phases, metric evaluations, timing") {
    const LoweredReplica replica = test::toy_replica(1, {.evaluate_every = 5});
    const std::vector<Table>& tables = replica.tables;
    REQUIRE(tables.size() == 4);
    std::vector<std::string> names, columns;
    for (const Table& t : tables) {
      names.push_back(t.name);
      CHECK(t.columns()[0].name == "step");
      CHECK(t.columns()[0].type == ColumnType::int64);
    }
    CHECK(names == std::vector<std::string>{"critic", "generator", "quality", "timing"});
    for (const Column& c : tables[0].columns()) columns.push_back(c.name);
    CHECK(columns ==
          std::vector<std::string>{"step", "loss", "spread.p05", "spread.p50", "spread.p95", "k"});
    CHECK(tables[0].row_bytes() == 8 + 5 * 4);
    CHECK(tables[2].row_bytes() == 8 + 2 * 8);
    CHECK(tables[3].timing);
    CHECK(replica.evaluations[0].table == 2);
    CHECK(replica.evaluations[1].table == -1);
  }

  TEST_CASE("nodes of one name get their phase in front") {
    LoweredReplica replica = test::toy_replica(1);
    replica.trips[1].stages[0].name = "spheres";
    const auto names = node_names(replica);
    CHECK(names.front() == "critic/spheres");
    CHECK(names[6] == "generator/spheres");
    CHECK(names[5] == "critic_step");
    CHECK(names.back() == "writer");
  }
}
