// Log-softmax and softmax: closed forms, logits that overflow exp, differences, compiled equal to
// the interpreter.
#include "ops/primitives/softmax.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/program/gradient.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("primitives");

TEST_CASE("log_softmax: two classes are log sigmoid of the difference, K equal ones -log K") {
  const Numbers y = value([](Args a) { return log_softmax(a[0], 1); }, {{{2, 2}, {1, -2, 0.5, 3}}});
  const auto log_sigmoid = [](double d) { return -std::log1p(std::exp(-d)); };
  CHECK(y[0] == doctest::Approx(log_sigmoid(3)).epsilon(1e-12));
  CHECK(y[1] == doctest::Approx(log_sigmoid(-3)).epsilon(1e-12));
  CHECK(y[2] == doctest::Approx(log_sigmoid(-2.5)).epsilon(1e-12));
  CHECK(y[3] == doctest::Approx(log_sigmoid(2.5)).epsilon(1e-12));
  for (const double v : value([](Args a) { return log_softmax(a[0], 0); }, {{{7}, Numbers(7, 3)}}))
    CHECK(v == doctest::Approx(-std::log(7.0)).epsilon(1e-12));
}

TEST_CASE("log_softmax: large logits neither overflow nor lose the small probability") {
  const Bound x{{2, 3}, {1000, 0, -1000, -5000, -5000, -5001}};
  const Numbers y = value([](Args a) { return log_softmax(a[0], 1); }, {x});
  CHECK(y[0] == 0);
  CHECK(y[1] == -1000);
  CHECK(y[2] == -2000);
  CHECK(y[3] == doctest::Approx(-std::log(2 + std::exp(-1.0))).epsilon(1e-12));
  const Numbers p = value([](Args a) { return softmax(a[0], 1); }, {x});
  CHECK(p[0] + p[1] + p[2] == doctest::Approx(1).epsilon(1e-14));
  CHECK(p[3] + p[4] + p[5] == doctest::Approx(1).epsilon(1e-14));
}

TEST_CASE("log_softmax: its derivative is onehot - softmax; both orders against differences") {
  const Numbers x{0.3, -1, 2, 0.5};
  const Numbers d = value(
      [](Args a) { return gradient(sum(slice(log_softmax(a[0], 0), 0, 2, 3)), a[0]); }, {{{4}, x}});
  const Numbers p = value([](Args a) { return softmax(a[0], 0); }, {{{4}, x}});
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(d[i] == doctest::Approx((i == 2) - p[i]).epsilon(1e-12));
  for (const int axis : {0, 1}) {
    check_gradients([axis](Args a) { return log_softmax(a[0], axis); }, {{{4, 5}}});
    check_gradients([axis](Args a) { return square(softmax(a[0], axis)); }, {{{4, 5}}});
  }
}

TEST_CASE("log_softmax and argmax compiled are what the interpreter says") {
  Builder builder;
  const Value x = input(builder, "x", {{6, 10}});
  const Value y = log_softmax(x, 1);
  output(builder, "y", y);
  output(builder, "class", argmax(x, 1));
  output(builder, "dx", gradient(sum(square(y)), x));
  const Tensors at{{"x", drawn(60, 3, -4, 4)}};
  CHECK(distance(run_compiled(builder.program(), at), evaluate(builder.program(), at)) < 1e-5);
}
