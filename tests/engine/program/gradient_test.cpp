// Differentiation as a whole: nesting, intermediate values, values that do not matter.
#include "engine/program/gradient.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

using Numbers = std::vector<double>;

struct Tracing {
  Builder builder;
  Value x = input(builder, "x", {{2}, DType::real});
  Value y = input(builder, "y", {{2}, DType::real});
  Tensors at{{"x", {2, -3}}, {"y", {5, 7}}};

  Numbers operator()(Value v) {
    builder.program().outputs.clear();
    builder.program().results.clear();
    output(builder, "v", v);
    return evaluate(builder.program(), at).at("v");
  }
};

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("a value used twice gets both contributions") {
  Tracing t;
  CHECK(t(gradient(t.x * t.x * t.y + t.x, t.x)) == Numbers{21, -41});
}

TEST_CASE("gradients of gradients of gradients") {
  Tracing t;
  const Value cube = t.x * t.x * t.x * t.y;
  const Value first = gradient(cube, t.x), second = gradient(first, t.x);
  CHECK(t(first) == Numbers{60, 189});
  CHECK(t(second) == Numbers{60, -126});
  CHECK(t(gradient(second, t.x)) == Numbers{30, 42});
  CHECK(t(gradient(gradient(second, t.x), t.y)) == Numbers{6, 6});
}

TEST_CASE("with respect to an intermediate value, and through it") {
  Tracing t;
  const Value middle = 3.0 * t.x;
  const Value z = middle * middle + t.x * t.y;
  const std::vector<Value> wrt{middle, t.x};
  const auto g = gradient(z, wrt);
  CHECK(t(g[0]) == Numbers{12, -18});  // 2 middle
  CHECK(t(g[1]) == Numbers{41, -47});  // 18 x + y
  CHECK(t(gradient(z, z)) == Numbers{1, 1});
}

TEST_CASE("a critic's slope at interpolated points, differentiated by its weight") {
  // slope = d (w x^2) / dx at the intermediate x = a + b; d sum(slope) / dw = 2 x.
  Tracing t;
  const Value between = t.x + t.y, w = input(t.builder, "w", {{2}, DType::real});
  t.at["w"] = {1, 1};
  const Value slope = gradient(w * square(between), between);
  CHECK(t(gradient(sum(slope), w)) == Numbers{14, 8});
  CHECK(t(gradient(sum(slope), t.x)) == Numbers{2, 2});
}

TEST_CASE("what does not matter has gradient zero") {
  Tracing t;
  const Value later = t.y * t.y;
  CHECK(t(gradient(sum(t.x), t.y)) == Numbers{0, 0});
  CHECK(t(gradient(t.x, later)) == Numbers{0, 0});  // made after the value
  CHECK(t(gradient(sum(stop(t.x) * t.y), t.x)) == Numbers{0, 0});
  CHECK(t(gradient(sum(select(greater(t.x, t.y), 1.0, 0.0)), t.x)) == Numbers{0, 0});
  CHECK(t(gradient(sum(floor(t.x) + sign(t.x)), t.x)) == Numbers{0, 0});
  const std::vector<Value> from{t.y}, tangents{t.x};
  CHECK(t(jvp(t.x, from, tangents)) == Numbers{0, 0});
  // An absent cotangent is absent: nothing is computed for it.
  const std::size_t before = t.builder.program().nodes.size();
  gradient(t.x, t.y, t.x);
  CHECK(t.builder.program().nodes.size() == before + 1);
}

TEST_CASE("a seed weighs the results") {
  Tracing t;
  CHECK(t(gradient(t.x * t.x, t.x, t.y)) == Numbers{20, -42});
  const std::vector<Value> from{t.x, t.y}, tangents{t.y, t.x};
  CHECK(t(jvp(t.x * t.y, from, tangents)) == Numbers{29, 58});
}

TEST_CASE("derivative rules inherit the operator of the node they differentiate") {
  Tracing t;
  const std::uint32_t critic = t.builder.origin("critic");
  const std::uint32_t before = t.builder.set_origin(critic);
  const Value z = exp(t.x);
  t.builder.set_origin(before);
  CHECK(gradient(z, t.x, t.y).node().origin == critic);
  CHECK(sum(z).node().origin == before);
}

TEST_CASE("differentiation refuses what has no derivative") {
  Tracing t;
  const Value mask = greater(t.x, t.y);
  CHECK_THROWS_WITH_AS(gradient(mask, t.x),
                       "the differentiated value must be a real tensor, it is a mask or index (2)",
                       Error);
  CHECK_THROWS_WITH_AS(gradient(t.x, t.x, sum(t.y)),
                       "gradient: the seed has shape (), the value (2)", Error);
  const std::vector<Value> from{t.x}, none, wrong{sum(t.y)};
  CHECK_THROWS_WITH_AS(jvp(t.x, from, none), "jvp: 1 values move but 0 tangents are given", Error);
  CHECK_THROWS_WITH_AS(jvp(t.x, from, wrong), "jvp: the tangent has shape (), the value (2)",
                       Error);
}

TEST_CASE("operands must be there, and of one program") {
  Tracing t, other;
  CHECK_THROWS_WITH_AS(add(t.x, Value()), "add: an operand is absent", Error);
  CHECK_THROWS_WITH_AS(add(t.x, other.x), "add: operands belong to different programs", Error);
}

TEST_SUITE_END();
