// Hand-computed values and the message of every shape rule.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/program/gradient.h"
#include "ops/primitives/primitives.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Numbers of(const Function& f, const Numbers& x) {
  return value(f, {{{static_cast<Extent>(x.size())}, x}});
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("arithmetic: values") {
  const std::vector<Bound> xy{{{3}, {1, -2, 3}}, {{3}, {4, 5, -6}}};
  CHECK(value([](Args x) { return x[0] + x[1]; }, xy) == Numbers{5, 3, -3});
  CHECK(value([](Args x) { return x[0] - x[1]; }, xy) == Numbers{-3, -7, 9});
  CHECK(value([](Args x) { return x[0] * x[1]; }, xy) == Numbers{4, -10, -18});
  CHECK(value([](Args x) { return x[0] / x[1]; }, xy) == Numbers{0.25, -0.4, -0.5});
  CHECK(value([](Args x) { return max(x[0], x[1]); }, xy) == Numbers{4, 5, 3});
  CHECK(value([](Args x) { return max(x[0], 0); }, xy) == Numbers{1, 0, 3});
  CHECK(value([](Args x) { return -x[0] + 1.0; }, xy) == Numbers{0, 3, -2});
  CHECK(value([](Args x) { return 1.0 - square(x[0]) / 2.0; }, xy) == Numbers{0.5, -1, -3.5});
  CHECK(value([](Args x) { return 6.0 / x[0]; }, xy) == Numbers{6, -3, 2});
}

TEST_CASE("arithmetic: a scalar with anything, a trailing part with the whole") {
  const Bound matrix{{2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(value([](Args x) { return x[0] * x[1]; }, {matrix, {{}, {2}}}) ==
        Numbers{2, 4, 6, 8, 10, 12});
  CHECK(value([](Args x) { return x[1] - x[0]; }, {matrix, {{3}, {1, 2, 3}}}) ==
        Numbers{0, 0, 0, -3, -3, -3});
  CHECK(refusal([](Args x) { return x[0] * x[1]; }, {{2, 3}, {2}}) ==
        "mul: shapes must be equal or one a trailing part of the other: (2,3) and (2) (a number "
        "per row needs broadcast_rows)");
  CHECK(refusal([](Args x) { return max(x[0], x[1]); }, {{2, 3}, {3, 2}}).substr(0, 4) == "max:");
}

TEST_CASE("functions: values") {
  const Function log1p_exp = [](Args x) { return softplus(x[0]); };
  CHECK(of([](Args x) { return exp(x[0]); }, {0, 1})[1] == std::exp(1.0));
  CHECK(of([](Args x) { return log(x[0]); }, {1, 2}) == Numbers{0, std::log(2.0)});
  CHECK(of([](Args x) { return sqrt(x[0]); }, {4, 0}) == Numbers{2, 0});
  CHECK(of([](Args x) { return recip(x[0]); }, {4, -2}) == Numbers{0.25, -0.5});
  CHECK(of([](Args x) { return tanh(x[0]); }, {0, 100, -100}) == Numbers{0, 1, -1});
  CHECK(of([](Args x) { return sigmoid(x[0]); }, {0, 1000, -1000}) == Numbers{0.5, 1, 0});
  CHECK(of(log1p_exp, {0, 1000, -1000}) == Numbers{std::log(2.0), 1000, 0});
  CHECK(of([](Args x) { return abs(x[0]); }, {-3, 0, 2}) == Numbers{3, 0, 2});
  CHECK(of([](Args x) { return sign(x[0]); }, {-3, 0, 2}) == Numbers{-1, 0, 1});
  CHECK(of([](Args x) { return floor(x[0]); }, {-1.5, 0, 2.9}) == Numbers{-2, 0, 2});
  CHECK(of([](Args x) { return sin(x[0]); }, {0, 1}) == Numbers{0, std::sin(1.0)});
  CHECK(of([](Args x) { return cos(x[0]); }, {0, 1}) == Numbers{1, std::cos(1.0)});
}

TEST_CASE("comparison and select: values, ties, NaN stays on its side") {
  const Function number = [](Args x) { return select(greater(x[0], 1), 1.0, 0.0); };
  CHECK(of(number, {0, 1, 2, kNan}) == Numbers{0, 0, 1, 0});
  CHECK(of([](Args x) { return select(greater_equal(x[0], 1), 1.0, 0.0); }, {0, 1, 2}) ==
        Numbers{0, 1, 1});
  CHECK(of([](Args x) { return select(equal(x[0], 1), 1.0, 0.0); }, {0, 1, 2}) == Numbers{0, 1, 0});
  CHECK(of([](Args x) { return positive(x[0]); }, {-2, 0, 3, kInf}) == Numbers{0, 0, 3, kInf});
  // The side not taken may be anything, in the value and in the derivative.
  const Function safe_log = [](Args x) {
    return select(greater(x[0], 0), log(x[0]), broadcast_to(sum(full_like(x[0], 0)), x[0].shape()));
  };
  CHECK(of(safe_log, {1, 0, -1}) == Numbers{0, 0, 0});
  CHECK(of([](Args x) { return gradient(select(greater(x[0], 0), 3.0 * x[0], recip(x[0])), x[0]); },
           {2, 5}) == Numbers{3, 3});
  const Function guarded = [](Args x) {
    const Value m = greater(x[0], 0);
    return gradient(sum(select(m, x[0], 0.0) * select(m, 0.0, x[1])), x[0]);
  };
  CHECK(value(guarded, {{{3}, {1, -1, 2}}, {{3}, {kInf, 4, kNan}}}) == Numbers{0, 0, 0});
}

TEST_CASE("ties in derivatives: max to the first, the lower slope at a kink") {
  const std::vector<Bound> equal_values{{{2}, {1, 2}}, {{2}, {1, 1}}};
  CHECK(value([](Args x) { return gradient(sum(max(x[0], x[1])), x[0]); }, equal_values) ==
        Numbers{1, 1});
  CHECK(value([](Args x) { return gradient(sum(max(x[0], x[1])), x[1]); }, equal_values) ==
        Numbers{0, 0});
  CHECK(of([](Args x) { return gradient(sum(positive(x[0])), x[0]); }, {-1, 0, 1}) ==
        Numbers{0, 0, 1});
  CHECK(of([](Args x) { return gradient(sum(abs(x[0])), x[0]); }, {-1, 0, 1}) == Numbers{-1, 0, 1});
}

TEST_CASE("a norm with 1e-12 under its root has derivatives 0 at 0") {
  const Function norm = [](Args x) { return sqrt(sum(square(x[0])) + 1e-12); };
  CHECK(of([&](Args x) { return gradient(norm(x), x[0]); }, {0, 0}) == Numbers{0, 0});
  const Function penalty = [&](Args x) { return square(norm(x) - 1.0); };
  CHECK(of([&](Args x) { return gradient(penalty(x), x[0]); }, {0, 0}) == Numbers{0, 0});
}

TEST_CASE("sums and broadcasts: values") {
  const Bound x{{2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  CHECK(value([](Args x) { return sum(x[0]); }, {x}) == Numbers{78});
  CHECK(value([](Args x) { return mean(x[0]); }, {x}) == Numbers{6.5});
  CHECK(value([](Args x) { return row_sums(x[0]); }, {x}) == Numbers{21, 57});
  CHECK(value([](Args x) { return sum(x[0], {1}); }, {x}) == Numbers{9, 12, 27, 30});
  CHECK(value([](Args x) { return mean(x[0], {0, 2}); }, {x}) == Numbers{4.5, 6.5, 8.5});
  const Bound v{{2}, {1, 2}};
  CHECK(value([](Args x) { return broadcast(x[0], {0}, {2}); }, {v}) == Numbers{1, 2, 1, 2});
  CHECK(value([](Args x) { return broadcast(x[0], {1}, {2}); }, {v}) == Numbers{1, 1, 2, 2});
  CHECK(value(
            [](Args x) {
              return broadcast(x[0], {0, 2}, {2, 2});
            },
            {v}) == Numbers{1, 1, 2, 2, 1, 1, 2, 2});
  CHECK(value([](Args x) { return broadcast_rows(x[0], x[1]); }, {v, {{2, 3}, Numbers(6)}}) ==
        Numbers{1, 1, 1, 2, 2, 2});
}

TEST_CASE("layout: values") {
  const Bound x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(value([](Args x) { return transpose(x[0]); }, {x}) == Numbers{1, 4, 2, 5, 3, 6});
  CHECK(value([](Args x) { return reshape(x[0], {3, 2}); }, {x}) == x.values);
  CHECK(value(
            [](Args x) {
              return permute(reshape(x[0], {1, 2, 3}), {2, 0, 1});
            },
            {x}) == Numbers{1, 4, 2, 5, 3, 6});
  CHECK(value([](Args x) { return slice(x[0], 1, 1, 3); }, {x}) == Numbers{2, 3, 5, 6});
  CHECK(value([](Args x) { return slice(x[0], 0, 1, 2); }, {x}) == Numbers{4, 5, 6});
  CHECK(value([](Args x) { return pad(x[0], 1, 1, 0); }, {x}) == Numbers{0, 1, 2, 3, 0, 4, 5, 6});
  CHECK(value(
            [](Args x) {
              return concat(std::vector{x[0], slice(x[0], 1, 0, 1)}, 1);
            },
            {x}) == Numbers{1, 2, 3, 1, 4, 5, 6, 4});
}

TEST_CASE("masks and indices travel through views like numbers") {
  const Function f = [](Args x) {
    const Value m = greater(x[0], 0);  // 1 0 1 / 0 0 1
    const Value turned = permute(concat(std::vector{m, slice(m, 1, 0, 1)}, 1), {1, 0});
    return select(turned, 1.0, 0.0);
  };
  CHECK(value(f, {{{2, 3}, {1, -1, 1, -1, -1, 1}}}) == Numbers{1, 0, 0, 0, 1, 1, 1, 0});
  const Function g = [](Args x) {
    const Value i = input(x[0].builder(), "i", {{3}, DType::index});
    const Value turned = concat(std::vector{slice(i, 0, 1, 3), slice(i, 0, 0, 1)}, 0);
    return gather(x[0], turned);
  };
  CHECK(value(g, {{{3}, {10, 20, 30}}}, {{"i", {2, 0, 1}}}) == Numbers{10, 20, 30});
}

TEST_CASE("matmul: the four products") {
  const Numbers ab{58, 64, 139, 154};
  const Bound a{{2, 3}, {1, 2, 3, 4, 5, 6}}, at{{3, 2}, {1, 4, 2, 5, 3, 6}};
  const Bound b{{3, 2}, {7, 8, 9, 10, 11, 12}}, bt{{2, 3}, {7, 9, 11, 8, 10, 12}};
  CHECK(value([](Args x) { return matmul(x[0], x[1]); }, {a, b}) == ab);
  CHECK(value([](Args x) { return matmul(x[0], x[1], true, false); }, {at, b}) == ab);
  CHECK(value([](Args x) { return matmul(x[0], x[1], false, true); }, {a, bt}) == ab);
  CHECK(value([](Args x) { return matmul(x[0], x[1], true, true); }, {at, bt}) == ab);
}

TEST_CASE("gather and scatter_add: values") {
  const TensorType index{{3}, DType::index};
  const Tensors bound{{"i", {2, 0, 2}}};
  CHECK(value([&](Args x) { return gather(x[0], input(x[0].builder(), "i", index)); },
              {{{3, 2}, {1, 2, 3, 4, 5, 6}}}, bound) == Numbers{5, 6, 1, 2, 5, 6});
  CHECK(value([&](Args x) { return scatter_add(x[0], input(x[0].builder(), "i", index), 4); },
              {{{3, 2}, {1, 2, 3, 4, 5, 6}}}, bound) == Numbers{3, 4, 0, 0, 6, 8, 0, 0});
}

TEST_CASE("random: element i is a function of (seed, stream, step, i)") {
  Builder builder;
  output(builder, "u", random(builder, RandomKind::uniform, {7}, 11));
  output(builder, "n", random(builder, RandomKind::normal, {2, 3}, 12));
  output(builder, "s", random(builder, RandomKind::sign, {64}, 13));
  const Tensors y = evaluate(builder.program(), {}, {.seed = 5, .step = 9});
  for (std::uint64_t i = 0; i < 7; ++i) CHECK(y.at("u")[i] == uniform01(random_word(5, 11, 9, i)));
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::uint64_t even = i / 2 * 2;
    const auto pair = normal_pair(random_word(5, 12, 9, even), random_word(5, 12, 9, even + 1));
    CHECK(y.at("n")[i] == pair[i % 2]);
  }
  double total = 0;
  for (double s : y.at("s")) {
    CHECK(std::abs(s) == 1);
    total += s;
  }
  CHECK(std::abs(total) < 40);
  const Tensors narrow =
      evaluate(builder.program(), {}, {.precision = Precision::float32, .seed = 5, .step = 9});
  for (std::size_t i = 0; i < 6; ++i) CHECK(narrow.at("n")[i] == static_cast<float>(y.at("n")[i]));
  CHECK(narrow.at("u") == y.at("u"));
  CHECK(evaluate(builder.program(), {}, {.seed = 5, .step = 10}).at("u") != y.at("u"));
}

TEST_CASE("shape rules: what is refused, in the user's words") {
  const auto apply_to = [](const Primitive& p, Attributes a = {}) -> Function {
    return [&p, a](Args x) { return apply(p, x, a); };
  };
  CHECK(refusal(apply_to(sub_primitive()), {{2}, {3}}) ==
        "sub: operands must have equal shapes: (2), (3)");
  CHECK(refusal(apply_to(exp_primitive()), {{2}, {2}}) == "exp: takes 1 operands, got 2: (2), (2)");
  CHECK(refusal([](Args x) { return exp(greater(x[0], 0)); }, {{2}}) ==
        "exp: operand 0 must be real, it is a mask: (2)");
  CHECK(refusal([](Args x) { return select(x[0], x[0], x[0]); }, {{2}}) ==
        "select: operand 0 must be a mask, it is real: (2), (2), (2)");
  CHECK(refusal([](Args x) { return select(greater(x[0], 0), x[1], 0.0); }, {{2}, {3}}) ==
        "broadcast_to: (3) is not a trailing part of (2)");
  CHECK(refusal([](Args x) { return sum(x[0], {2}); }, {{2, 3}}) ==
        "sum: axis 2 of a tensor of rank 2: (2,3)");
  CHECK(refusal([](Args x) { return row_sums(x[0]); }, {{}}) ==
        "row_sums: a tensor with rows is needed, the operand has shape ()");
  CHECK(refusal([](Args x) { return broadcast(x[0], {2}, {4}); }, {{3}}) ==
        "broadcast: axis 2 cannot be inserted, the result has axes 0..1");
  CHECK(refusal(
            [](Args x) {
              return broadcast(x[0], {0, 1}, {4});
            },
            {{3}}) == "broadcast: 2 axes are inserted but 1 sizes given");
  CHECK(refusal([](Args x) { return broadcast_rows(x[0], x[1]); }, {{3}, {2, 3}}) ==
        "broadcast_rows: one number per row is needed: (3) to the rows of (2,3)");
  CHECK(refusal([](Args x) { return reshape(x[0], {4}); }, {{2, 3}}) ==
        "reshape: 6 elements cannot become 4: (2,3), (4)");
  CHECK(refusal(
            [](Args x) {
              return permute(x[0], {0, 0});
            },
            {{2, 3}}) == "permute: the order must name every axis once: (2,3)");
  CHECK(refusal([](Args x) { return permute(x[0], {0}); }, {{2, 3}}) ==
        "permute: the order has 1 axes, the operand is (2,3)");
  CHECK(refusal([](Args x) { return transpose(x[0]); }, {{2, 3, 4}}) ==
        "transpose: a matrix is needed, the operand is (2,3,4)");
  CHECK(refusal([](Args x) { return matmul(x[0], x[1]); }, {{2, 3}, {4, 5}}) ==
        "matmul: 3 columns of A meet 4 rows of B: (2,3), (4,5)");
  CHECK(refusal([](Args x) { return matmul(x[0], x[1], true, true); }, {{2, 3}, {4, 5}}) ==
        "matmul: 2 rows of A meet 5 columns of B: (2,3), (4,5)");
  CHECK(refusal([](Args x) { return matmul(x[0], x[1]); }, {{2, 3}, {3}}) ==
        "matmul: operand 1 must be a matrix: (2,3), (3)");
  CHECK(refusal([](Args x) { return gather(x[0], x[0]); }, {{2, 3}}) ==
        "gather: operand 1 must be an index, it is real: (2,3), (2,3)");
  CHECK(refusal(
            [](Args x) {
              return scatter_add(x[0], input(x[0].builder(), "i", {{4}, DType::index}), 9);
            },
            {{2, 3}}) == "scatter_add: 2 rows meet 4 indices: (2,3), (4)");
  CHECK(refusal([](Args x) { return slice(x[0], 0, 1, 5); }, {{3}}) ==
        "slice: range 1:5 of axis 0: (3)");
  CHECK(refusal([](Args x) { return slice(x[0], 1, 0, 1); }, {{3}}) ==
        "slice: axis 1 of a tensor of rank 1: (3)");
  CHECK(refusal([](Args x) { return pad(x[0], 0, -1, 1); }, {{3}}) ==
        "pad: -1 before and 1 after: (3)");
  CHECK(refusal(
            [](Args x) {
              return concat(std::vector{x[0], x[1]}, 0);
            },
            {{2, 3}, {2, 4}}) == "concat: extents may differ along axis 0 only: (2,3), (2,4)");
  CHECK(refusal(
            [](Args x) {
              return concat(std::vector{x[0], greater(x[0], 0)}, 0);
            },
            {{2}}) == "concat: operands of different element types: (2), (2)");
  CHECK(refusal(apply_to(add_primitive()), {{2}, {3}}) ==
        "add: operands must have equal shapes: (2), (3)");
}

TEST_CASE("a refusal names the operator whose formula made it") {
  Builder builder;
  builder.set_origin(builder.origin("critic_real"));
  const Value x = input(builder, "x", {{2, 3}, DType::real});
  CHECK_THROWS_WITH_AS(matmul(x, x),
                       "critic_real: matmul: 3 columns of A meet 2 rows of B: (2,3), (2,3)", Error);
}

TEST_SUITE_END();
