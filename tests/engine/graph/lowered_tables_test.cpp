#include "engine/graph/lowered_tables.h"

#include <doctest/doctest.h>

#include "engine/graph/lower.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
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

  // Was: a tap of one's own had its name for a description and no unit.
  TEST_CASE("taps of formulas and of the graph say their unit and what they are") {
    Graph g("test");
    const Network D = g.network("D", [](Formula& f, Value) {
      return f.variable("w", {8}, Keep::parameter,
                        [](std::uint64_t, std::uint32_t, std::span<double> out) {
                          for (double& v : out) v = 0.5;
                        });
    });
    const Port loss = g.add("loss", [D](Formula& f) {
      const Value w = D(f, {});
      f.tap("length", sum(square(w)), {.unit = "m", .description = "of the weights"});
      f.tap("weight", w, {.description = "a weight"});
      return sum(square(w));
    });
    g.phase("critic", 1).minimize("critic_step", loss, D, Sgd{});
    g.tap("half", 0.5 * loss, {.unit = "nat", .description = "half of the loss"});
    ProgramCache cache;
    const LoweredReplica replica = lower(g, 1, cache);
    std::vector<std::string> said;
    for (const Column& c : replica.tables[0].columns())
      said.push_back(c.name + "|" + c.unit + "|" + c.description);
    CHECK(said ==
          std::vector<std::string>{"step|1|critic updates done", "objective|1|objective",
                                   "loss.length|m|of the weights",
                                   "loss.weight.p05|1|a weight, 5 % quantile over 8 values",
                                   "loss.weight.p50|1|a weight, 50 % quantile over 8 values",
                                   "loss.weight.p95|1|a weight, 95 % quantile over 8 values",
                                   "half|nat|half of the loss"});
  }
}
