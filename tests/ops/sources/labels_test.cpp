#include "ops/sources/labels.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/transforms/one_hot.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("formulas");

TEST_CASE("labels are class numbers, every class as often") {
  TestFormula f(10000, "label");
  f.output("k", Labels{.classes = 5}(f));
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    std::vector<int> count(5);
    const std::vector<double> labels = f.run({}, 3, precision).at("k");
    for (const double k : labels) {
      REQUIRE((k >= 0 && k < 5 && k == std::floor(k)));
      ++count[static_cast<std::size_t>(k)];
    }
    for (const int n : count) CHECK(std::abs(n - 2000) < 5 * 40);  // sd of a count
  }
  CHECK(f.run({}, 3).at("k") != f.run({}, 4).at("k"));
  CHECK(error_of([&] { Labels{}(f); }) ==
        "2 label (Test): classes are 0, there must be 1 to 65536");
}

TEST_CASE("one-hot vectors") {
  TestFormula f(4, "onehot", "OneHot");
  const Value x = f.input("x", {4});
  const Value y = OneHot{.classes = 3}(f, x);
  CHECK(y.shape() == Shape{4, 3});
  f.output("y", y);
  CHECK(f.run({{"x", {2, 0, 1, 7}}}).at("y") ==
        std::vector<double>{0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0});
  CHECK(error_of([&] { OneHot{.classes = 3}(f, y); }) ==
        "2 onehot (OneHot): labels are one number a row (N), x has shape (4,3)");
  CHECK(error_of([&] { OneHot{}(f, x); }) ==
        "2 onehot (OneHot): classes are 0, there must be at least 1");
}

TEST_CASE("a sample grid shows the classes in turn") {
  Graph g("test", {.batch = 4});
  const Port onehot = g.add("onehot", OneHot{.classes = 3}, g.add("label", Labels{.classes = 3}));
  const Network G = g.network("G", mlp({3, 2}, relu));
  g.phase("generator", 1)
      .minimize("generator_step", mean(mean(g.add("generate", Forward{G}, onehot))), G, Sgd{});
  g.sample("samples", onehot, {.height = 1, .width = 3}, every(1), 7);
  g.sample("pairs", g.add("pairs", OneHot{3}, g.add("pair", Labels{.classes = 3, .each = 2})),
           {.height = 1, .width = 3}, every(1), 7);
  ProgramCache cache;
  const LoweredReplica replica = lower(g, 1, cache);
  Restored state;
  for (const VariableInfo& v : replica.variables)
    state.variables[v.name].resize(static_cast<std::size_t>(v.shape.elements()));
  for (const std::size_t each : {1, 2}) {
    const std::vector<float> rows =
        generate(replica, replica.evaluations[each - 1], state, 7, 5, *open_device("cpu"));
    for (std::size_t n = 0; n < 7; ++n)
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(rows[3 * n + k] == (n / each % 3 == k ? 1.0f : 0.0f));
  }
}

TEST_SUITE_END();
