// Every local rule of the core primitives, before and after.
#include <doctest/doctest.h>

#include "engine/rewrite/simplify.h"
#include "tests/support/rule_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Value join(std::vector<Value> parts, int axis = 0) { return concat(parts, axis); }

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("affine") {
  check_rule([](Args x) { return affine(x[0], 1, 0); }, {{2, 3}}, "a");
  check_rule([](Args x) { return affine(x[0], 0, 0.5); }, {{2, 3}}, "full(0.5 (2,3))");
  check_rule([](Args x) { return affine(affine(x[0], 2, 1), 3, -1); }, {{2}}, "affine(a 6 2)");
  check_rule([](Args x) { return -(-x[0]); }, {{2}}, "a");
}

TEST_CASE("add: literals, equal operands, order") {
  check_rule([](Args x) { return add(x[0], full_like(x[0], 0)); }, {{2}}, "a");
  check_rule([](Args x) { return add(full_like(x[0], 1.5), x[0]); }, {{2}}, "affine(a 1 1.5)");
  check_rule([](Args x) { return add(x[0], x[0]); }, {{2}}, "affine(a 2 0)");
  check_rule([](Args x) { return add(affine(x[0], 2, 1), affine(x[0], 3, 4)); }, {{2}},
             "affine(a 5 5)");
  check_rule([](Args x) { return add(x[0], affine(x[0], -1, 0)); }, {{2}}, "full(0 (2))");
  // Commutative operands have one order, so b + a is found again as a + b.
  check_rule([](Args x) { return add(x[1], x[0]); }, {{2}, {2}}, "add(a b)");
}

TEST_CASE("constants fold in double, unless the result is not finite") {
  check_rule([](Args x) { return exp(full_like(x[0], 1)) * x[0]; }, {{2}},
             fmt::format("affine(a {} 0)", std::exp(1.0)));
  check_rule([](Args x) { return full_like(x[0], 2) / full_like(x[0], 3) + x[0]; }, {{2}},
             fmt::format("affine(a 1 {})", 2.0 / 3.0));
  Builder builder;
  output(builder, "y", log(full(builder, {2}, 0)));
  const Program program = simplify(builder.program());
  CHECK(expression(program, program.results[0].value) == "log(full(0 (2)))");
}

TEST_CASE("slice") {
  check_rule([](Args x) { return slice(x[0], 0, 0, 4); }, {{4}}, "a");
  check_rule([](Args x) { return slice(full_like(x[0], 2), 1, 0, 1); }, {{4, 2}}, "full(2 (4,1))");
  check_rule([](Args x) { return slice(slice(x[0], 0, 1, 5), 0, 2, 3); }, {{6}}, "slice(a 0 3:4)");
  // Row slices outside, inner slices inside.
  check_rule([](Args x) { return slice(slice(x[0], 0, 1, 3), 1, 0, 2); }, {{4, 3}},
             "slice(slice(a 1 0:2) 0 1:3)");
  check_rule([](Args x) { return slice(slice(x[0], 1, 0, 2), 0, 1, 3); }, {{4, 3}},
             "slice(slice(a 1 0:2) 0 1:3)");
}

TEST_CASE("slice of concat") {
  const std::vector<Shape> blocks{{2, 3}, {1, 3}, {4, 3}};
  const auto whole = [](Args x) { return join({x[0], x[1], x[2]}); };
  check_rule([&](Args x) { return slice(whole(x), 0, 2, 3); }, blocks, "b");
  check_rule([&](Args x) { return slice(whole(x), 0, 4, 6); }, blocks, "slice(c 0 1:3)");
  check_rule([&](Args x) { return slice(whole(x), 0, 2, 7); }, blocks, "concat(b c | 0)");
  check_rule([&](Args x) { return slice(whole(x), 0, 1, 4); }, blocks,
             "concat(slice(a 0 1:2) b slice(c 0 0:1) | 0)");
  check_rule([&](Args x) { return slice(whole(x), 1, 0, 2); }, blocks,
             "concat(slice(a 1 0:2) slice(b 1 0:2) slice(c 1 0:2) | 0)");
  check_rule(
      [&](Args x) {
        return slice(join({x[0], x[1]}, 1), 0, 0, 1);
      },
      {{2, 3}, {2, 1}}, "slice(concat(a b | 1) 0 0:1)");
}

TEST_CASE("slice of pad") {
  const auto padded = [](Args x) { return pad(x[0], 0, 2, 3); };  // 0 0 a0 a1 a2 0 0 0
  check_rule([&](Args x) { return slice(padded(x), 0, 0, 2); }, {{3}}, "full(0 (2))");
  check_rule([&](Args x) { return slice(padded(x), 0, 5, 8); }, {{3}}, "full(0 (3))");
  check_rule([&](Args x) { return slice(padded(x), 0, 2, 5); }, {{3}}, "a");
  check_rule([&](Args x) { return slice(padded(x), 0, 3, 5); }, {{3}}, "slice(a 0 1:3)");
  check_rule([&](Args x) { return slice(padded(x), 0, 1, 4); }, {{3}}, "pad(slice(a 0 0:2) 0 1,0)");
  check_rule([&](Args x) { return slice(padded(x), 0, 1, 7); }, {{3}}, "pad(a 0 1,2)");
  check_rule([&](Args x) { return slice(padded(x), 1, 0, 1); }, {{3, 2}},
             "pad(slice(a 1 0:1) 0 2,3)");
}

TEST_CASE("pad") {
  check_rule([](Args x) { return pad(x[0], 0, 0, 0); }, {{3}}, "a");
  check_rule([](Args x) { return pad(full_like(x[0], 0), 0, 1, 1); }, {{3}}, "full(0 (5))");
  check_rule([](Args x) { return pad(full_like(x[0], 2), 0, 1, 1); }, {{3}},
             "pad(full(2 (3)) 0 1,1)");
  check_rule([](Args x) { return pad(pad(x[0], 0, 1, 2), 0, 3, 4); }, {{3}}, "pad(a 0 4,6)");
  check_rule([](Args x) { return pad(pad(x[0], 0, 1, 2), 1, 3, 4); }, {{3, 2}},
             "pad(pad(a 1 3,4) 0 1,2)");
  check_rule([](Args x) { return affine(pad(x[0], 0, 1, 0), 3, 0); }, {{3}},
             "pad(affine(a 3 0) 0 1,0)");
  check_rule([](Args x) { return affine(pad(x[0], 0, 1, 0), 3, 1); }, {{3}},
             "affine(pad(a 0 1,0) 3 1)");
}

TEST_CASE("sums of blocks that do not meet are concats") {
  const std::vector<Shape> three{{2, 3}, {1, 3}, {4, 3}};
  check_rule([](Args x) { return add(pad(x[0], 0, 0, 1), pad(x[1], 0, 2, 0)); }, three,
             "concat(a b | 0)");
  // The gradient of three slices of one tensor, in any order.
  const auto a = [](Args x) { return pad(x[0], 0, 0, 5); };
  const auto b = [](Args x) { return pad(x[1], 0, 2, 4); };
  const auto c = [](Args x) { return pad(x[2], 0, 3, 0); };
  check_rule([&](Args x) { return add(add(a(x), b(x)), c(x)); }, three, "concat(a b c | 0)");
  check_rule([&](Args x) { return add(add(a(x), c(x)), b(x)); }, three, "concat(a b c | 0)");
  check_rule([&](Args x) { return add(c(x), add(b(x), a(x))); }, three, "concat(a b c | 0)");
  check_rule([&](Args x) { return add(c(x), affine(a(x), 2, 0)); }, three,
             "concat(affine(a 2 0) full(0 (1,3)) c | 0)");
  check_rule([&](Args x) { return add(a(x), b(x)); }, three, "pad(concat(a b | 0) 0 0,4)");
  check_rule([](Args x) { return add(pad(x[0], 0, 0, 1), pad(x[1], 0, 1, 0)); }, {{2}, {2}},
             "add(pad(a 0 0,1) pad(b 0 1,0))");
  check_rule([](Args x) { return add(pad(x[0], 0, 0, 1), pad(x[1], 1, 0, 1)); }, {{1, 2}, {2, 1}},
             "add(pad(a 0 0,1) pad(b 1 0,1))");
}

TEST_CASE("concat") {
  check_rule([](Args x) { return join({x[0]}); }, {{3}}, "a");
  check_rule(
      [](Args x) {
        return join({join({x[0], x[1]}), x[0]});
      },
      {{3}, {2}}, "concat(a b a | 0)");
  check_rule(
      [](Args x) {
        return join({join({x[0], x[1]}, 1), x[2]});
      },
      {{2, 1}, {2, 2}, {1, 3}}, "concat(concat(a b | 1) c | 0)");
  check_rule([](Args x) { return join({slice(x[0], 0, 0, 1), slice(x[0], 0, 1, 3)}); }, {{3}}, "a");
  check_rule(
      [](Args x) {
        return join({slice(x[0], 0, 1, 2), slice(x[0], 0, 2, 3), x[1]});
      },
      {{4}, {2}}, "concat(slice(a 0 1:3) b | 0)");
  check_rule(
      [](Args x) {
        return join({slice(x[0], 0, 1, 3), slice(x[0], 0, 0, 1)});
      },
      {{3}}, "concat(slice(a 0 1:3) slice(a 0 0:1) | 0)");
  check_rule(
      [](Args x) {
        return join({full_like(x[0], 2), full_like(x[1], 2), x[0]});
      },
      {{3}, {2}}, "concat(full(2 (5)) a | 0)");
  check_rule(
      [](Args x) {
        return join({full_like(x[0], 2), full_like(x[0], 3)});
      },
      {{3}}, "concat(full(2 (3)) full(3 (3)) | 0)");
  check_rule([](Args x) { return join({x[0], slice(x[0], 0, 1, 1)}); }, {{3}}, "a");
}

TEST_CASE("tracing simplifies nothing") {
  Builder builder;
  const Value x = input(builder, "x", {{2}, DType::real});
  add(affine(affine(x, 1, 0), 1, 0), full_like(x, 0));
  add(x, x);
  add(x, x);
  CHECK(builder.program().nodes.size() == 7);
}

TEST_SUITE_END();
