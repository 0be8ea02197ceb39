#include "ops/transforms/concat.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "engine/graph/graph.h"
#include "ops/sources/noise.h"
#include "support/run_example.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("formulas") {
  TEST_CASE("parts stand side by side in the order given") {
    TestFormula f(2);
    const Value x = f.input("x", {2, 1}), y = f.input("y", {2, 2}), z = f.input("z", {2, 1});
    f.output("columns", Concat{}(f, x, y, z));
    f.output("rows", concat({x, z, x}));
    const Tensors out = f.run({{"x", {1, 2}}, {"y", {3, 4, 5, 6}}, {"z", {7, 8}}});
    CHECK(out.at("columns") == std::vector<double>{1, 3, 4, 7, 2, 5, 6, 8});
    CHECK(out.at("rows") == std::vector<double>{1, 2, 7, 8, 1, 2});
  }

  TEST_CASE("as an operator of the graph it names who does not fit") {
    Graph g("test", {.batch = 4});
    const Port x = g.add("x", Normal{.dim = 2}), y = g.add("y", Normal{.dim = 3});
    CHECK(g.add("pair", Concat{}, x, y, x).shape() == Shape{4, 7});
    CHECK(error_of([&] {
            g.add("stack", Concat{.axis = 0}, x, y);
          }).find("stack (Concat): concat: extents may differ along axis 0 only") !=
          std::string::npos);
  }
}
