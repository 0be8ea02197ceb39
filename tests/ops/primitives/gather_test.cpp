// Indices beyond the tensor.
#include "ops/primitives/gather.h"

#include <doctest/doctest.h>

#include <cmath>

#include "ops/primitives/primitives.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("primitives");

// A bad index from a source was trusted: gather read, scatter_add wrote beyond its tensor.
TEST_CASE("an index beyond the rows yields NaN and adds nothing, compiled and interpreted") {
  Builder b;
  const Value index = input(b, "index", {{4}, DType::index});
  const Value x = input(b, "x", {{3, 2}}), c = input(b, "c", {{4, 2}});
  output(b, "y", gather(x, index));
  output(b, "sum", scatter_add(c, index, 3));
  const Tensors in{
      {"index", {2, -1, 3, 0}}, {"x", {1, 2, 3, 4, 5, 6}}, {"c", {1, 1, 2, 2, 4, 4, 8, 8}}};
  for (const Tensors& got : {run_compiled(b.program(), in), evaluate(b.program(), in)}) {
    const std::vector<double>& y = got.at("y");
    CHECK(y[0] == 5);
    CHECK(y[7] == 2);
    for (int i = 2; i < 6; ++i) CHECK(std::isnan(y[i]));
    CHECK(got.at("sum") == std::vector<double>{8, 8, 0, 0, 1, 1});
  }
}

TEST_CASE("beyond the rows, masks and indices are 0") {
  Builder b;
  const Value index = input(b, "index", {{2}, DType::index});
  const Value mask = input(b, "mask", {{3}, DType::mask});
  output(b, "mask_rows", gather(mask, index));
  output(b, "index_rows", gather(index, index));
  const Tensors in{{"index", {7, 1}}, {"mask", {1, 1, 1}}};
  for (const Tensors& got : {run_compiled(b.program(), in), evaluate(b.program(), in)}) {
    CHECK(got.at("mask_rows") == std::vector<double>{0, 1});
    CHECK(got.at("index_rows") == std::vector<double>{0, 1});
  }
}

TEST_SUITE_END();
