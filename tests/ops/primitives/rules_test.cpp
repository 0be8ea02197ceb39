// Every local rule of the primitives, before and after.
#include <doctest/doctest.h>

#include "engine/program/gradient.h"
#include "engine/rewrite/simplify.h"
#include "tests/support/rule_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Value join(std::vector<Value> parts, int axis = 0) { return concat(parts, axis); }

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("subtraction by affine, and back") {
  check_rule([](Args x) { return x[0] - x[0]; }, {{2}}, "full(0 (2))");
  check_rule([](Args x) { return x[0] - full_like(x[0], 2); }, {{2}}, "affine(a 1 -2)");
  check_rule([](Args x) { return full_like(x[0], 2) - x[0]; }, {{2}}, "affine(a -1 2)");
  check_rule([](Args x) { return 3.0 * x[0] - x[0]; }, {{2}}, "affine(a 2 0)");
  check_rule([](Args x) { return x[0] - -x[1]; }, {{2}, {2}}, "add(a b)");
  check_rule([](Args x) { return -x[0] - x[1]; }, {{2}, {2}}, "affine(add(a b) -1 0)");
  check_rule([](Args x) { return -(x[0] - x[1]); }, {{2}, {2}}, "sub(b a)");
  check_rule([](Args x) { return -2.0 * (x[0] - x[1]); }, {{2}, {2}}, "affine(sub(a b) -2 0)");
}

TEST_CASE("products with literals") {
  check_rule([](Args x) { return x[0] * full_like(x[0], 0); }, {{2}}, "full(0 (2))");
  check_rule([](Args x) { return full_like(x[0], 3) * x[0]; }, {{2}}, "affine(a 3 0)");
  check_rule([](Args x) { return (2.0 * x[0]) * (3.0 * x[1]); }, {{2}, {2}},
             "affine(mul(a b) 6 0)");
  check_rule([](Args x) { return (x[0] + 1.0) * x[1]; }, {{2}, {2}}, "mul(affine(a 1 1) b)");
  check_rule([](Args x) { return x[0] / full_like(x[0], 4); }, {{2}}, "affine(a 0.25 0)");
  check_rule([](Args x) { return full_like(x[0], 4) / x[0]; }, {{2}}, "affine(recip(a) 4 0)");
  check_rule([](Args x) { return (2.0 * x[0]) / (4.0 * x[1]); }, {{2}, {2}},
             "affine(div(a b) 0.5 0)");
  check_rule([](Args x) { return max(x[0], x[0]); }, {{2}}, "a");
}

TEST_CASE("select under the same mask") {
  const std::vector<Shape> three{{4}, {4}, {4}};
  const auto m = [](Args x) { return greater(x[0], 0.25); };
  const std::string text = "greater(a full(0.25 (4)))";
  check_rule([&](Args x) { return select(m(x), x[1], x[1]); }, three, "b");
  check_rule([&](Args x) { return select(m(x), select(m(x), x[1], x[0]), x[2]); }, three,
             "select(" + text + " b c)");
  check_rule([&](Args x) { return select(m(x), x[1], select(m(x), x[0], x[2])); }, three,
             "select(" + text + " b c)");
  check_rule([&](Args x) { return select(m(x), select(greater(x[1], 0), x[1], x[0]), x[2]); },
             three, "select(" + text + " select(greater(b full(0 (4))) b a) c)");
  check_rule([&](Args x) { return select(m(x), x[1], 0.0) + select(m(x), 0.0, x[2]); }, three,
             "select(" + text + " b c)");
  check_rule([&](Args x) { return select(m(x), 0.0, x[1]) + select(m(x), x[2], 0.0); }, three,
             "select(" + text + " c b)");
  // Only halves that complete each other become one select.
  check_rule([&](Args x) { return select(m(x), x[1], 0.0) + select(m(x), x[2], x[0]); }, three,
             "add(select(" + text + " c a) select(" + text + " b full(0 (4))))");
  check_rule([&](Args x) { return select(m(x), x[1], 0.0) + select(m(x), x[2], 0.0); }, three,
             "add(select(" + text + " c full(0 (4))) select(" + text + " b full(0 (4))))");
  check_rule([&](Args x) { return 3.0 * select(m(x), x[1], 0.0); }, three,
             "select(" + text + " affine(b 3 0) full(0 (4)))");
  check_rule([&](Args x) { return 3.0 * select(m(x), x[1], x[2]); }, three,
             "affine(select(" + text + " b c) 3 0)");
}

TEST_CASE("the derivative of a leaky slope is one select") {
  check_rule(
      [](Args x) {
        const Value y = select(greater(x[0], 0), x[0], 0.2 * x[0]);
        return gradient(y, x[0], x[1]);
      },
      {{4}, {4}}, "select(greater(a full(0 (4))) b affine(b 0.2 0))");
}

TEST_CASE("sum") {
  check_rule([](Args x) { return sum(full_like(x[0], 2), {1}); }, {{2, 3}}, "full(6 (2))");
  check_rule([](Args x) { return sum(sum(x[0], {1}), {0}); }, {{2, 3, 2}}, "sum(a 0b11)");
  check_rule([](Args x) { return sum(sum(x[0], {0}), {1}); }, {{2, 3, 2}}, "sum(a 0b101)");
  check_rule([](Args x) { return sum(2.0 * x[0] + 1.0, {1}); }, {{2, 3}},
             "affine(sum(a 0b10) 2 3)");
  check_rule([](Args x) { return sum(x[0], {1}); }, {{2, 1}}, "reshape(a (2))");
  check_rule([](Args x) { return sum(pad(x[0], 0, 2, 1), {0}); }, {{2, 3}}, "sum(a 0b1)");
  check_rule([](Args x) { return sum(pad(x[0], 0, 2, 1), {1}); }, {{2, 3}},
             "sum(pad(a 0 2,1) 0b10)");
  check_rule([](Args x) { return sum(reshape(x[0], {6})); }, {{2, 3}}, "sum(a 0b11)");
  check_rule([](Args x) { return sum(transpose(x[0]), {1}); }, {{2, 3}}, "sum(a 0b1)");
  check_rule(
      [](Args x) {
        return sum(permute(x[0], {2, 0, 1}), {1});
      },
      {{2, 3, 4}}, "permute(sum(a 0b1))");
  check_rule(
      [](Args x) {
        return sum(permute(x[0], {2, 0, 1}), {0});
      },
      {{2, 3, 4}}, "sum(a 0b100)");
}

TEST_CASE("sum of broadcast") {
  check_rule([](Args x) { return sum(broadcast(x[0], {0}, {5}), {0}); }, {{3}}, "affine(a 5 0)");
  check_rule([](Args x) { return sum(broadcast(x[0], {0}, {5}), {1}); }, {{3}},
             "broadcast(sum(a 0b1) (5))");
  check_rule(
      [](Args x) {
        return sum(broadcast(x[0], {0, 2}, {5, 2}), {1, 2});
      },
      {{3}}, "broadcast(affine(sum(a 0b1) 2 0) (5))", 1e-12);
  check_rule([](Args x) { return sum(broadcast(x[0], {1}, {5})); }, {{3}},
             "affine(sum(a 0b1) 5 0)");
}

TEST_CASE("broadcast") {
  check_rule([](Args x) { return broadcast(full_like(x[0], 2), {0}, {2}); }, {{3}},
             "full(2 (2,3))");
  check_rule([](Args x) { return broadcast(broadcast(x[0], {0}, {2}), {1}, {4}); }, {{3}},
             "broadcast(a (2,4,3))");
  check_rule([](Args x) { return broadcast(x[0], {1}, {1}); }, {{3}}, "reshape(a (3,1))");
  check_rule([](Args x) { return broadcast(slice(x[0], 0, 1, 3), {1}, {2}); }, {{4}},
             "slice(broadcast(a (4,2)) 0 1:3)");
  check_rule([](Args x) { return broadcast(slice(x[0], 0, 1, 3), {0}, {2}); }, {{4}},
             "broadcast(slice(a 0 1:3) (2,2))");
  check_rule([](Args x) { return slice(broadcast(x[0], {0}, {5}), 0, 1, 3); }, {{3}},
             "broadcast(a (2,3))");
  check_rule([](Args x) { return slice(broadcast(x[0], {0}, {5}), 1, 1, 3); }, {{3}},
             "broadcast(slice(a 0 1:3) (5,2))");
  check_rule([](Args x) { return slice(broadcast(x[0], {1}, {5}), 0, 1, 3); }, {{3}},
             "slice(broadcast(a (3,5)) 0 1:3)");
  check_rule(
      [](Args x) {
        return join({broadcast(x[0], {0}, {2}), broadcast(x[0], {0}, {3})});
      },
      {{3}}, "broadcast(a (5,3))");
  check_rule(
      [](Args x) {
        return join({broadcast(x[0], {0}, {2}), broadcast(x[0], {0}, {2})}, 1);
      },
      {{3}}, "concat(broadcast(a (2,3)) broadcast(a (2,3)) | 1)");
}

TEST_CASE("compute before broadcasting") {
  check_rule([](Args x) { return exp(broadcast(x[0], {1}, {4})); }, {{3}},
             "broadcast(exp(a) (3,4))");
  check_rule([](Args x) { return broadcast(x[0], {1}, {4}) * broadcast(x[1], {1}, {4}); },
             {{3}, {3}}, "broadcast(mul(a b) (3,4))");
  check_rule([](Args x) { return broadcast(x[0], {1}, {4}) * broadcast(x[1], {0}, {3}); },
             {{3}, {4}}, "mul(broadcast(b (3,4)) broadcast(a (3,4)))");
  // A scalar and a number per row: multiplied per row, then spread.
  check_rule(
      [](Args x) {
        return broadcast_to(x[0], {3, 4}) * broadcast(x[1], {1}, {4});
      },
      {{}, {3}}, "broadcast(mul(broadcast(a (3)) b) (3,4))");
  check_rule([](Args x) { return positive(broadcast(x[0], {0}, {2})); }, {{3}},
             "broadcast(select(greater(a full(0 (3))) a full(0 (3))) (2,3))");
  check_rule([](Args x) { return broadcast(x[0], {1}, {4}) * x[1]; }, {{3}, {3, 4}},
             "mul(broadcast(a (3,4)) b)");
}

TEST_CASE("reshape") {
  check_rule([](Args x) { return reshape(x[0], {2, 3}); }, {{2, 3}}, "a");
  check_rule(
      [](Args x) {
        return reshape(reshape(x[0], {6}), {3, 2});
      },
      {{2, 3}}, "reshape(a (3,2))");
  check_rule([](Args x) { return reshape(full_like(x[0], 2), {6}); }, {{2, 3}}, "full(2 (6))");
  check_rule(
      [](Args x) {
        return reshape(broadcast_to(x[0], {2, 3}), {6});
      },
      {{}}, "broadcast(a (6))");
  check_rule(
      [](Args x) {
        return reshape(slice(x[0], 0, 1, 3), {2, 2, 3});
      },
      {{4, 6}}, "slice(reshape(a (4,2,3)) 0 1:3)");
  check_rule(
      [](Args x) {
        return reshape(slice(x[0], 0, 1, 3), {3, 4});
      },
      {{4, 6}}, "reshape(slice(a 0 1:3) (3,4))");
}

TEST_CASE("permute") {
  check_rule([](Args x) { return transpose(transpose(x[0])); }, {{2, 3}}, "a");
  check_rule(
      [](Args x) {
        return permute(permute(x[0], {1, 2, 0}), {1, 2, 0});
      },
      {{2, 3, 4}}, "permute(a)");
  check_rule([](Args x) { return transpose(full_like(x[0], 2)); }, {{2, 3}}, "full(2 (3,2))");
  check_rule([](Args x) { return transpose(broadcast(x[0], {0}, {2})); }, {{3}},
             "broadcast(a (3,2))");
  check_rule(
      [](Args x) {
        return permute(broadcast(x[0], {1}, {2}), {2, 1, 0});
      },
      {{3, 4}}, "broadcast(permute(a) (4,2,3))");
  check_rule(
      [](Args x) {
        return permute(slice(x[0], 0, 1, 3), {0, 2, 1});
      },
      {{4, 2, 3}}, "permute(slice(a 0 1:3))");
  check_rule(
      [](Args x) {
        return slice(permute(x[0], {0, 2, 1}), 1, 1, 3);
      },
      {{4, 2, 3}}, "permute(slice(a 2 1:3))");
  const auto last = [](Value x) { return permute(x, {0, 2, 3, 1}); };
  const auto first = [](Value x) { return permute(x, {0, 3, 1, 2}); };
  // Of the two orders of images one moves outward, the other stays at what comes from outside.
  check_rule([&](Args x) { return first(x[0]) + x[1]; }, {{2, 3, 4, 5}, {2, 5, 3, 4}},
             "permute(add(a permute(b)))");
  check_rule([&](Args x) { return last(x[0]) * x[1]; }, {{2, 3, 4, 5}, {2, 4, 5, 3}},
             "mul(b permute(a))");
  check_rule([&](Args x) { return last(first(x[0]) * exp(first(x[1]))); },
             {{2, 3, 4, 5}, {2, 3, 4, 5}}, "mul(exp(b) a)");
  check_rule(
      [&](Args x) {
        return last(concat(std::vector{first(x[0]), first(x[1])}, 1));
      },
      {{2, 3, 4, 5}, {2, 3, 4, 1}}, "concat(a b | 3)");
  check_rule([&](Args x) { return last(pad(first(x[0]), 3, 1, 0)); }, {{2, 3, 4, 5}},
             "pad(a 2 1,0)");
}

TEST_CASE("matmul") {
  const std::vector<Shape> ab{{2, 3}, {3, 4}};
  check_rule([](Args x) { return matmul(full_like(x[0], 0), x[1]); }, ab, "full(0 (2,4))");
  check_rule([](Args x) { return matmul(x[1], full_like(x[0], 0), true, true); }, ab,
             "full(0 (4,2))");
  check_rule([](Args x) { return matmul(transpose(x[0]), x[1]); }, {{3, 2}, {3, 4}},
             "matmul(a' b)");
  check_rule([](Args x) { return matmul(x[0], transpose(x[1]), false, true); }, ab, "matmul(a b)");
  check_rule([](Args x) { return transpose(matmul(x[0], x[1])); }, ab, "matmul(b' a')");
  check_rule([](Args x) { return transpose(matmul(x[0], x[1], true, false)); }, {{3, 2}, {3, 4}},
             "matmul(b' a)");
  check_rule([](Args x) { return matmul(broadcast(x[0], {0}, {5}), x[1]); }, {{3}, {3, 4}},
             "broadcast(reshape(matmul(reshape(a (1,3)) b) (4)) (5,4))");
  check_rule([](Args x) { return matmul(broadcast(x[0], {1}, {5}), x[1], true, true); },
             {{3}, {4, 3}}, "broadcast(reshape(matmul(reshape(a (1,3)) b') (4)) (5,4))");
}

TEST_CASE("sums of products that share an operand") {
  check_rule([](Args x) { return matmul(x[0], x[1]) + matmul(x[0], x[2]); },
             {{2, 3}, {3, 4}, {3, 4}}, "matmul(a add(b c))");
  check_rule([](Args x) { return matmul(x[1], x[0], true) - matmul(x[2], x[0], true); },
             {{3, 4}, {3, 2}, {3, 2}}, "matmul(sub(b c)' a)");
  check_rule([](Args x) { return matmul(x[0], x[1]) + matmul(x[1], x[0]); }, {{3, 3}, {3, 3}},
             "add(matmul(b a) matmul(a b))");
}

TEST_CASE("gather and scatter_add of constants") {
  Builder builder;
  const Value index = input(builder, "i", {{3}, DType::index});
  output(builder, "g", gather(full(builder, {4, 2}, 5), index));
  output(builder, "s", scatter_add(full(builder, {3, 2}, 0), index, 4));
  output(builder, "n", scatter_add(full(builder, {3, 2}, 1), index, 4));
  const Program program = simplify(builder.program());
  CHECK(expression(program, program.results[0].value) == "full(5 (3,2))");
  CHECK(expression(program, program.results[1].value) == "full(0 (4,2))");
  CHECK(expression(program, program.results[2].value) == "scatter_add(full(1 (3,2)) i)");
}

TEST_SUITE_END();
