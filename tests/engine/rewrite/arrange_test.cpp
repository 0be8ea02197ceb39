#include "engine/rewrite/arrange.h"

#include <doctest/doctest.h>

#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("rewrite");

TEST_CASE("thin products: every extent of 1 and 2, every transposition") {
  for (Extent m : {1, 2, 3})
    for (Extent k : {1, 2, 3})
      for (Extent n : {1, 2, 3})
        for (int flags = 0; flags < 4; ++flags) {
          CAPTURE(m * 1000 + k * 100 + n * 10 + flags);
          const bool ta = flags & 1, tb = flags & 2;
          Builder b;
          const Value x = input(b, "x", {ta ? Shape{k, m} : Shape{m, k}});
          const Value y = input(b, "y", {tb ? Shape{n, k} : Shape{k, n}});
          output(b, "z", matmul(x, y, ta, tb));
          const Program program = thin(b.program());
          const bool product = k > 2 && m > 1 && n > 1;
          CHECK(census(program).products == product);
          const Tensors in = step_inputs(b.program(), 5);
          CHECK(relative_distance(evaluate(program, in), evaluate(b.program(), in)) <= 1e-15);
        }
}

TEST_SUITE_END();
