// The reference interpreter: bindings, results, precisions.
#include "engine/program/evaluate.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "ops/primitives/primitives.h"

using namespace ganflow;

TEST_SUITE_BEGIN("primitives");

TEST_CASE("evaluate: outputs by slot name, assigned variables by variable name") {
  Builder builder;
  const Value w = variable(builder, "w", {{2}, DType::real});
  const Value again = variable(builder, "w", {{2}, DType::real});
  CHECK(w.id() == again.id());
  const Value x = input(builder, "x", {{2}, DType::real});
  output(builder, "mask", greater(x, w));
  output(builder, "sum", w + x);
  assign(builder, w, w + x);
  assign(builder, w, w - x);  // the last one counts
  const Tensors y = evaluate(builder.program(), {{"w", {1, 2}}, {"x", {3, -4}}});
  CHECK(y.at("mask") == std::vector<double>{1, 0});
  CHECK(y.at("sum") == std::vector<double>{4, -2});
  CHECK(y.at("w") == std::vector<double>{-2, 6});
}

TEST_CASE("evaluate: float32 rounds every value, float64 none") {
  Builder builder;
  const Value x = input(builder, "x", {{1}, DType::real});
  output(builder, "y", (x + 1.0) - 1.0);
  CHECK(evaluate(builder.program(), {{"x", {1e-10}}}).at("y")[0] == (1e-10 + 1) - 1);
  CHECK(
      evaluate(builder.program(), {{"x", {1e-10}}}, {.precision = Precision::float32}).at("y")[0] ==
      0);
}

TEST_CASE("evaluate: unbound and misfit slots are refused by name") {
  Builder builder;
  output(builder, "y", input(builder, "x", {{2, 3}, DType::real}));
  CHECK_THROWS_WITH_AS(evaluate(builder.program(), {}), "evaluate: nothing is bound to x", Error);
  CHECK_THROWS_WITH_AS(evaluate(builder.program(), {{"x", {1, 2}}}),
                       "evaluate: x has 2 elements, its slot (2,3) needs 6", Error);
}

TEST_CASE("variables and assigns of different shapes are refused") {
  Builder builder;
  const Value w = variable(builder, "w", {{2}, DType::real});
  CHECK_THROWS_WITH_AS(variable(builder, "w", {{3}, DType::real}),
                       "variable w is declared as (2) and as (3)", Error);
  CHECK_THROWS_WITH_AS(assign(builder, w, sum(w)),
                       "assign w: the variable has shape (2), the value ()", Error);
}

TEST_SUITE_END();
