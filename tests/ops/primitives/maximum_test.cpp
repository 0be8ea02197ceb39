// Maximum and argmax over an axis: hand values on every axis, ties, what is not a number, one
// element alone has the derivative, differences, refusals, compiled equal to the interpreter.
#include "ops/primitives/maximum.h"

#include <doctest/doctest.h>

#include <limits>

#include "engine/program/gradient.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("maximum and argmax: hand values along every axis") {
  const Bound x{{2, 3}, {1, 5, 2, 7, 0, 7}};
  CHECK(value([](Args a) { return maximum(a[0], 0); }, {x}) == Numbers{7, 5, 7});
  CHECK(value([](Args a) { return maximum(a[0], 1); }, {x}) == Numbers{5, 7});
  CHECK(value([](Args a) { return argmax(a[0], 0); }, {x}) == Numbers{1, 0, 1});
  // Of equal elements the first is named.
  CHECK(value([](Args a) { return argmax(a[0], 1); }, {x}) == Numbers{1, 0});
  const Bound cube{{2, 2, 2}, {1, 8, 3, 4, 5, 6, 7, 2}};
  CHECK(value([](Args a) { return maximum(a[0], 1); }, {cube}) == Numbers{3, 8, 7, 6});
  CHECK(value([](Args a) { return argmax(a[0], 1); }, {cube}) == Numbers{1, 0, 1, 0});
  for (const Extent n : {1, 2, 3, 5, 7, 8, 9, 10, 31})
    for (Extent at = 0; at < n; ++at) {
      Numbers row(n, -1);
      row[at] = 4;
      CHECK(value([](Args a) { return maximum(a[0], 0); }, {{{n}, row}}) == Numbers{4});
      CHECK(value([](Args a) { return argmax(a[0], 0); }, {{{n}, row}}) ==
            Numbers{static_cast<double>(at)});
    }
}

TEST_CASE("maximum and argmax: infinite elements; a row without a number has no class") {
  CHECK(value([](Args a) { return argmax(a[0], 1); },
              {{{3, 3}, {-kInf, -kInf, -kInf, 0, kInf, 1, kNan, kNan, kNan}}}) == Numbers{0, 1, 3});
}

TEST_CASE("maximum: the derivative goes to one of equal elements, argmax has none") {
  const auto slope = [](Args a) { return gradient(sum(maximum(a[0], 1)), a[0]); };
  for (const Extent n : {2, 3, 5, 10}) {
    const Numbers d = value(slope, {{{1, n}, Numbers(n, 2)}});
    double total = 0;
    for (const double v : d) {
      CHECK((v == 0 || v == 1));
      total += v;
    }
    CHECK(total == 1);
  }
  CHECK(value([](Args a) { return gradient(sum(argmax(a[0], 1) * a[0]), a[0]); },
              {{{2, 2}, {1, 2, 4, 3}}}) == Numbers{1, 0, 1, 0});
}

TEST_CASE("maximum: derivatives of both orders against differences") {
  for (const int axis : {0, 1, 2}) {
    Numbers x(2 * 5 * 3);
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<double>(i * 37 % 101) / 50 - 1;  // further apart than the steps
    check_gradients([axis](Args a) { return square(maximum(a[0], axis)); }, {{{2, 5, 3}, 0, 0, x}});
  }
}

TEST_CASE("maximum and argmax: refusals") {
  CHECK(refusal([](Args a) { return maximum(a[0], 2); }, {{2, 3}}) ==
        "maximum: axis 2 of a tensor of rank 2: (2,3)");
  CHECK(refusal([](Args a) { return argmax(a[0], -1); }, {{2, 3}}) ==
        "argmax: axis -1 of a tensor of rank 2: (2,3)");
}
