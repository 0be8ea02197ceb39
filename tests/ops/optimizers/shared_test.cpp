#include "ops/optimizers/shared.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "ops/layers/initializers.h"
#include "ops/optimizers/adam.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// One parameter drawn towards 3 by a bowl, in phases of these counts one after the other.
std::vector<float> where_it_ends(const std::vector<int>& counts, const Optimizer& optimizer,
                                 Step steps) {
  Graph g("test");
  const Network D = g.network("D", [](Formula& f, Value) {
    return f.variable("w", {}, Keep::parameter, init::constant(0));
  });
  for (std::size_t p = 0; p < counts.size(); ++p) {
    const std::string at = std::to_string(p);
    const Port bowl = g.add("bowl" + at, [D](Formula& f) { return square(D(f, {}) - 3.0); });
    g.phase("phase" + at, counts[p]).minimize("step" + at, bowl, D, optimizer);
  }
  ProgramCache cache;
  std::vector<LoweredReplica> lowered{lower(g, 1, cache)};
  MemorySink sink(lowered);
  run_toy(std::move(lowered), {.steps = steps}, sink);
  return sink.commits.back().variables.at("D/w");
}

}  // namespace

TEST_SUITE("formulas") {
  // Was: every minimize() had moments of its own; what took turns was as if it had never met.
  TEST_CASE("phases that take turns share the moments of one optimizer") {
    const Adam adam{.lr = 0.1, .beta1 = 0.9, .beta2 = 0.99};
    const std::vector<float> together = where_it_ends({2}, adam, 10);
    CHECK(where_it_ends({1, 1}, shared("adam", adam), 10) == together);
    CHECK_FALSE(where_it_ends({1, 1}, adam, 10) == together);
  }

  TEST_CASE("state and options have the name of the optimizer") {
    Graph g("test", {.values = {{"adam.lr", "0.25"}}});
    const Network D = g.network("D", [](Formula& f, Value) {
      return f.variable("w", {}, Keep::parameter, init::constant(0));
    });
    const Optimizer adam = shared("adam", Adam{.lr = 0.1});
    for (const char* at : {"a", "b"})
      g.phase(at, 1).minimize(
          std::string(at) + "_step",
          g.add(std::string(at) + "_loss", [D](Formula& f) { return square(D(f, {}) - 1.0); }), D,
          adam);
    ProgramCache cache;
    const LoweredReplica replica = lower(g, 1, cache);
    std::vector<std::string> names;
    for (const VariableInfo& v : replica.variables) names.push_back(v.name);
    CHECK(names == std::vector<std::string>{"D/w", "adam/D/w/avg", "adam/D/w/square_avg",
                                            "adam/D/w/avg_weight", "adam/D/w/square_avg_weight"});
    REQUIRE(replica.scalars.size() == 1);
    CHECK(replica.scalars[0].name == "adam.lr");
    CHECK(replica.scalars[0].schedule.at(0) == 0.25);
  }

  TEST_CASE("its name is part of paths") {
    CHECK(error_of([] { where_it_ends({1}, shared("a/b", Adam{}), 1); }) ==
          "2 step0 (shared(Adam)): shared: the optimizer is named 'a/b', its name becomes part of "
          "paths and options: give it one without '/' and '.'");
  }
}
