// First and second order of every primitive against central differences; forward mode against
// reverse mode.
#include <doctest/doctest.h>

#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("primitives");

TEST_CASE("arithmetic: derivatives") {
  const std::vector<CheckedInput> two{{{2, 3}}, {{2, 3}, 0.5, 2}};
  check_gradients([](Args x) { return x[0] + x[1]; }, two);
  check_gradients([](Args x) { return x[0] - x[1]; }, two);
  check_gradients([](Args x) { return x[0] * x[1]; }, two);
  check_gradients([](Args x) { return x[0] / x[1]; }, two);
  check_gradients([](Args x) { return square(x[0]); }, two);
  check_gradients([](Args x) { return 2.0 / x[1] - 3.0 * x[0] + 1.0; }, two);
  check_gradients([](Args x) { return square(max(x[0], x[1])); },
                  {{{2, 2}, 0, 0, {0.1, 0.9, -0.3, 2}}, {{2, 2}, 0, 0, {0.7, 0.2, -0.8, 3}}});
  check_gradients([](Args x) { return x[0] * x[1] + x[2]; }, {{{2, 3}}, {{3}}, {{}}});
}

TEST_CASE("functions of one tensor: derivatives") {
  const std::vector<CheckedInput> any{{{5}, -2, 2}};
  const std::vector<CheckedInput> positive_only{{{5}, 0.4, 2}};
  check_gradients([](Args x) { return exp(x[0]); }, any);
  check_gradients([](Args x) { return log(x[0]); }, positive_only);
  check_gradients([](Args x) { return sqrt(x[0]); }, positive_only);
  check_gradients([](Args x) { return recip(x[0]); }, positive_only);
  check_gradients([](Args x) { return tanh(x[0]); }, any);
  check_gradients([](Args x) { return sigmoid(x[0]); }, any);
  check_gradients([](Args x) { return softplus(x[0]); }, any);
  check_gradients([](Args x) { return sin(x[0]); }, any);
  check_gradients([](Args x) { return cos(x[0]); }, any);
  const std::vector<CheckedInput> off_kinks{{{4}, 0, 0, {-1.3, -0.2, 0.4, 1.7}}};
  check_gradients([](Args x) { return abs(x[0]) * x[0]; }, off_kinks);
  check_gradients([](Args x) { return sign(x[0]) * square(x[0]); }, off_kinks);
  check_gradients([](Args x) { return floor(x[0]) * square(x[0]); }, off_kinks);
}

TEST_CASE("select: derivatives") {
  const std::vector<CheckedInput> x{{{4}, 0, 0, {-1.3, -0.2, 0.4, 1.7}}, {{4}}};
  check_gradients([](Args x) { return positive(x[0]) * x[1]; }, x);
  check_gradients([](Args x) { return square(select(greater(x[0], 0), x[0], 0.2 * x[1])); }, x);
}

TEST_CASE("sums and broadcasts: derivatives") {
  check_gradients([](Args x) { return square(sum(x[0])); }, {{{2, 3}}});
  check_gradients([](Args x) { return square(sum(x[0], {0, 2})); }, {{{2, 3, 2}}});
  check_gradients([](Args x) { return square(mean(x[0], {1})); }, {{{2, 3, 2}}});
  check_gradients([](Args x) { return square(row_sums(square(x[0]))); }, {{{2, 3, 2}}});
  check_gradients([](Args x) { return broadcast(square(x[0]), {0, 2}, {2, 3}); }, {{{4}}});
  check_gradients([](Args x) { return broadcast_rows(x[0], x[1]) * x[1]; }, {{{2}}, {{2, 3}}});
}

TEST_CASE("layout: derivatives") {
  check_gradients([](Args x) { return square(reshape(x[0], {3, 4})); }, {{{2, 6}}});
  check_gradients(
      [](Args x) {
        return square(permute(x[0], {2, 0, 1})) * x[1];
      },
      {{{2, 3, 2}}, {{2, 2, 3}}});
  check_gradients([](Args x) { return square(slice(x[0], 1, 1, 3)); }, {{{2, 4}}});
  check_gradients([](Args x) { return square(pad(x[0], 0, 1, 2)); }, {{{2, 2}}});
  check_gradients(
      [](Args x) {
        return square(concat(std::vector{x[0], x[1], x[0]}, 1)) * x[2];
      },
      {{{2, 1}}, {{2, 2}}, {{2, 4}}});
}

TEST_CASE("matmul: derivatives of all four products") {
  check_gradients([](Args x) { return matmul(x[0], x[1]); }, {{{2, 3}}, {{3, 4}}});
  check_gradients([](Args x) { return matmul(x[0], x[1], true, false); }, {{{3, 2}}, {{3, 4}}});
  check_gradients([](Args x) { return matmul(x[0], x[1], false, true); }, {{{2, 3}}, {{4, 3}}});
  check_gradients([](Args x) { return matmul(x[0], x[1], true, true); }, {{{3, 2}}, {{4, 3}}});
  check_gradients([](Args x) { return tanh(matmul(x[0], x[0], true, true)); }, {{{3, 3}}});
}

TEST_CASE("gather and scatter_add: derivatives") {
  CheckOptions options;
  options.bound["index"] = {2, 0, 2, 1};
  const TensorType index{{4}, DType::index};
  check_gradients(
      [&](Args x) { return square(gather(x[0], input(x[0].builder(), "index", index))) * x[1]; },
      {{{3, 2}}, {{4, 2}}}, options);
  check_gradients(
      [&](Args x) { return square(scatter_add(x[0], input(x[0].builder(), "index", index), 3)); },
      {{{4, 2}}}, options);
}

TEST_SUITE_END();
