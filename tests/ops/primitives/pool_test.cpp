// Pooling and upsampling: hand values, ties, overlapping windows, derivatives, refusals, layouts.
#include "ops/primitives/pool.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/program/gradient.h"
#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/simplify.h"
#include "ops/primitives/channels_last.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Numbers that differ by more than the steps of the differences.
CheckedInput distinct(const Shape& shape) {
  Numbers values(shape.elements());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>(i * 37 % 101) / 50 - 1;
  return {shape, 0, 0, values};
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("max_pool: hand values; of equal pixels the first gets the derivative") {
  const Shape shape{1, 1, 3, 4};
  const Numbers x{1, 5, 2, 2, 3, 5, 2, 2, 9, 9, 9, 9};
  CHECK(value([](Args a) { return max_pool(a[0]); }, {{shape, x}}) == Numbers{5, 2});
  CHECK(value([](Args a) { return max_pool(a[0], 2, 1); }, {{shape, x}}) ==
        Numbers{5, 5, 2, 9, 9, 9});
  const auto slope = [](Extent stride) {
    return [stride](Args a) { return gradient(sum(max_pool(a[0], 2, stride)), a[0]); };
  };
  CHECK(value(slope(2), {{shape, x}}) == Numbers{0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(value(slope(1), {{shape, x}}) == Numbers{0, 2, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0});
}

TEST_CASE("upsample and average_pool: hand values, and each undoes the other") {
  CHECK(value([](Args a) { return upsample(a[0]); }, {{{1, 2, 1, 2}, {1, 2, 3, 4}}}) ==
        Numbers{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
  CHECK(value([](Args a) { return average_pool(a[0]); },
              {{{1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 9}}}) == Numbers{3.5, 5.75});
  const Numbers x = drawn(54, 3);
  CHECK(relative_error(
            value([](Args a) { return average_pool(upsample(a[0], 3), 3); }, {{{2, 3, 3, 3}, x}}),
            x) < 1e-15);
}

TEST_CASE("pooling: derivatives of first and second order") {
  const Shape shape{2, 2, 4, 5};
  check_gradients([](Args a) { return square(max_pool(a[0])); }, {distinct(shape)});
  check_gradients([](Args a) { return square(max_pool(a[0], 3, 1)); }, {distinct(shape)});
  check_gradients([](Args a) { return square(max_pool(a[0], 3, 2)); }, {distinct(shape)});
  check_gradients([](Args a) { return square(upsample(a[0], 3)); }, {{{2, 3, 2, 1}}});
  check_gradients([](Args a) { return square(average_pool(a[0], 2)); }, {{{2, 3, 2, 4}}});
}

TEST_CASE("pooling: images stored channels last") {
  const Shape shape{2, 3, 6, 4};
  const Numbers x = drawn(shape.elements(), 9);
  const auto everything = [](Value a) {
    const Value b = upsample(average_pool(a)) + a, c = max_pool(b, 3, 1);
    return gradient(sum(square(c)), a);
  };
  Builder builder;
  // The rules see a permuted operand and carry the permutation to the end.
  const Value image = input(builder, "x", {{2, 6, 4, 3}});
  output(builder, "y", to_channels_last(everything(from_channels_last(image))));
  const Program program = simplify(builder.program());
  int moves = 0;
  for (const Node& node : program.nodes) moves += node.primitive == &permute_primitive();
  CHECK(moves == 0);
  Numbers last(x.size());
  for (Extent n = 0; n < 2; ++n)
    for (Extent c = 0; c < 3; ++c)
      for (Extent i = 0; i < 24; ++i) last[(n * 24 + i) * 3 + c] = x[(n * 3 + c) * 24 + i];
  const Numbers wanted =
      value([&](Args a) { return to_channels_last(everything(a[0])); }, {{shape, x}});
  CHECK(relative_error(evaluate(program, {{"x", last}}).at("y"), wanted) < 1e-14);
}

TEST_CASE("pooling: refusals") {
  CHECK(refusal([](Args a) { return max_pool(a[0], 5, 1); }, {{2, 3, 4, 6}}) ==
        "pool_index: windows of 5 x 5 must fit into 4 x 6: (2,3,4,6)");
  CHECK(refusal([](Args a) { return max_pool(a[0], 2, 0); }, {{2, 3, 4, 6}}) ==
        "pool_index: size is 2 and stride 0, both must be at least 1");
  CHECK(refusal([](Args a) { return max_pool(a[0]); }, {{2, 3}}) ==
        "max_pool: operand 0 must have four axes: (2,3)");
  CHECK(refusal([](Args a) { return average_pool(a[0]); }, {{2, 3, 4, 5}}) ==
        "pool_sum: the factor 2 must divide 4 x 5: (2,3,4,5)");
  CHECK(refusal([](Args a) { return upsample(a[0], 0); }, {{2, 3, 4, 5}}) ==
        "upsample: the factor is 0, it must be at least 1");
}

// A bad index of a program's input was trusted: pool_take read beyond the image.
TEST_CASE("an index beyond the image yields NaN and adds nothing, compiled and interpreted") {
  const Attributes of{.ints = {2, 2, 2, 4}};  // windows of 2 x 2 on 2 x 4 pixels
  Builder b;
  const Value x = input(b, "x", {{1, 2, 2, 4}}), c = input(b, "c", {{1, 2, 1, 2}});
  const Value index = input(b, "index", {{1, 2, 1, 2}, DType::index});
  output(b, "taken", apply(pool_take_primitive(), {x, index}, of));
  output(b, "put", apply(pool_put_primitive(), {c, index}, of));
  const Tensors in{{"index", {5, 8, -1, 2}},
                   {"c", {1, 2, 4, 8}},
                   {"x", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}};
  for (const Tensors& got : {run_compiled(b.program(), in), evaluate(b.program(), in)}) {
    const std::vector<double>& y = got.at("taken");
    CHECK(y[0] == 5);
    CHECK(std::isnan(y[1]));
    CHECK(std::isnan(y[2]));
    CHECK(y[3] == 10);
    CHECK(got.at("put") == std::vector<double>{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0});
  }
}

TEST_SUITE_END();
