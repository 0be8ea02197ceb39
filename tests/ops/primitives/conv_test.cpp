// Convolutions: hand values, what they refuse, their derivatives, both layouts.
#include "ops/primitives/conv.h"

#include <doctest/doctest.h>

#include "ops/primitives/channels_last.h"
#include "ops/primitives/primitives.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Geometry {
  Shape x, kernels;
  Window window;
};

// Even and odd kernels, strides 1 and 2, equal and unequal padding, steps that leave pixels over,
// the channel counts of images, of blocks and between blocks.
std::vector<Geometry> geometries() {
  return {{{2, 1, 4, 5}, {3, 1, 3, 3}, {}},
          {{2, 3, 5, 4}, {2, 3, 3, 3}, padded(1)},
          {{1, 8, 4, 4}, {3, 8, 2, 2}, same_window(4, 4, 2, 2)},
          {{2, 3, 6, 5}, {2, 3, 4, 4}, same_window(6, 5, 4, 4, 2)},
          {{1, 2, 8, 8}, {2, 2, 5, 5}, same_window(8, 8, 5, 5, 2)},
          {{1, 2, 7, 6}, {1, 2, 3, 2}, {2, 0, 1, 2, 0}},
          {{1, 16, 3, 3}, {2, 16, 3, 3}, padded(1)},
          {{1, 2, 3, 3}, {20, 2, 1, 1}, {}}};
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("conv2d: hand values") {
  const Bound x{{1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}, k{{1, 1, 2, 2}, {1, 10, 100, 1000}};
  CHECK(value([](Args a) { return conv2d(a[0], a[1]); }, {x, k}) ==
        Numbers{5421, 6532, 8754, 9865});
  // One row and one column of zeros behind the image.
  CHECK(value([](Args a) { return conv2d(a[0], a[1], same_window(3, 3, 2, 2, 2)); }, {x, k}) ==
        Numbers{5421, 603, 87, 9});
  CHECK(value([](Args a) { return conv2d_filter(a[0], a[1], 2, 2); },
              {x, {{1, 1, 2, 2}, {1, 10, 100, 1000}}}) == Numbers{5421, 6532, 8754, 9865});
  // Two channels add up; two kernels give two channels.
  CHECK(value([](Args a) { return conv2d(a[0], a[1]); },
              {{{1, 2, 1, 2}, {1, 2, 3, 4}}, {{2, 2, 1, 1}, {1, 10, 100, 1000}}}) ==
        Numbers{31, 42, 3100, 4200});
}

TEST_CASE("conv2d_transpose: every pixel spreads the kernel") {
  const Bound y{{1, 1, 1, 2}, {1, 10}}, k{{1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(value([](Args a) { return conv2d_transpose(a[0], a[1]); }, {y, k}) ==
        Numbers{1, 12, 23, 30, 4, 45, 56, 60});
  CHECK(value([](Args a) { return conv2d_transpose(a[0], a[1], {.stride = 3}); }, {y, k}) ==
        Numbers{1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60});
  // 5 x 5 kernels at stride 2 double the image of a DCGAN generator.
  Builder builder;
  const Value image = input(builder, "y", {{2, 8, 4, 4}});
  const Value kernels = input(builder, "k", {{8, 3, 5, 5}});
  CHECK(conv2d_transpose(image, kernels, padded(2, 2), 1).shape() == Shape{2, 3, 8, 8});
}

TEST_CASE("same_window: the image divided by the stride, whatever the kernel") {
  Builder builder;
  for (Extent kernel = 1; kernel <= 7; ++kernel)
    for (Extent stride = 1; stride <= 3; ++stride)
      for (Extent extent = 4; extent <= 9; ++extent) {
        const Value x = input(builder, "x", {{1, 1, extent, extent + 1}});
        const Value k = input(builder, "k", {{1, 1, kernel, kernel}});
        const auto up = [&](Extent e) { return (e + stride - 1) / stride; };
        CHECK(conv2d(x, k, same_window(extent, extent + 1, kernel, kernel, stride)).shape() ==
              Shape{1, 1, up(extent), up(extent + 1)});
      }
}

TEST_CASE("convolutions: derivatives of first and second order") {
  for (const auto& [x, kernels, window] : geometries()) {
    CAPTURE(x.str());
    CAPTURE(kernels.str());
    const Window w = window;
    Builder shapes;
    const Value image = input(shapes, "x", {x}), bank = input(shapes, "k", {kernels});
    const Shape y = conv2d(image, bank, w).shape();
    const Extent h = x[2], v = x[3], r = kernels[2], s = kernels[3];
    check_gradients([&](Args a) { return tanh(conv2d(a[0], a[1], w)); }, {{x}, {kernels}});
    check_gradients([&](Args a) { return tanh(conv2d_input(a[0], a[1], h, v, w)); },
                    {{y}, {kernels}});
    check_gradients([&](Args a) { return tanh(conv2d_filter(a[0], a[1], r, s, w)); }, {{x}, {y}});
  }
}

TEST_CASE("convolutions: images stored channels last") {
  for (const auto& [x, kernels, window] : geometries()) {
    CAPTURE(x.str());
    Builder shapes;
    const Window w = window;
    const Shape y =
        conv2d(ganflow::input(shapes, "x", {x}), ganflow::input(shapes, "k", {kernels}), w).shape();
    const Bound bx{x, drawn(x.elements(), 5)}, bk{kernels, drawn(kernels.elements(), 6)},
        by{y, drawn(y.elements(), 7)};
    // The same node with ints[7] set, its images moved.
    const auto last = [](Value plain, Value a, Value b) {
      Attributes attributes = plain.node().attributes;
      attributes.ints[7] = 1;
      return apply(*plain.node().primitive, {a, b}, attributes);
    };
    const auto forward = [&](Args a) { return conv2d(a[0], a[1], w); };
    const auto input = [&](Args a) { return conv2d_input(a[0], a[1], x[2], x[3], w); };
    const auto filter = [&](Args a) {
      return conv2d_filter(a[0], a[1], kernels[2], kernels[3], w);
    };
    const auto image = [&](const Function& f) {
      return [&](Args a) { return from_channels_last(last(f(a), to_channels_last(a[0]), a[1])); };
    };
    const auto bank = [&](Args a) {
      return last(filter(a), to_channels_last(a[0]), to_channels_last(a[1]));
    };
    const auto same = [](const Numbers& a, const Numbers& b) {
      return relative_error(a, b) < 1e-14;
    };
    CHECK(same(value(forward, {bx, bk}), value(image(forward), {bx, bk})));
    CHECK(same(value(input, {by, bk}), value(image(input), {by, bk})));
    CHECK(same(value(filter, {bx, by}), value(bank, {bx, by})));
  }
}

TEST_CASE("convolutions: refusals") {
  const auto forward = [](Args a) { return conv2d(a[0], a[1]); };
  CHECK(refusal(forward, {{64, 3, 28, 28}, {32, 1, 4, 4}}) ==
        "conv2d: x has 3 channels, the kernels expect 1: x (64,3,28,28) [N,C,H,W], kernels "
        "(32,1,4,4) [O,C,R,S]");
  CHECK(refusal(forward, {{64, 784}, {32, 1, 4, 4}}) ==
        "conv2d: operand 0 must have four axes: (64,784), (32,1,4,4)");
  CHECK(refusal(forward, {{2, 1, 3, 8}, {4, 1, 5, 5}}) ==
        "conv2d: the kernels of 5 x 5 must fit into the padded image of 3 x 8: x (2,1,3,8) "
        "[N,C,H,W], kernels (4,1,5,5) [O,C,R,S]");
  CHECK(refusal([](Args a) { return conv2d(a[0], a[1], {.stride = 0}); },
                {{2, 1, 8, 8}, {4, 1, 5, 5}}) == "conv2d: the stride is 0, it must be at least 1");
  CHECK(refusal([](Args a) { return conv2d(a[0], a[1], {.left = -1}); },
                {{2, 1, 8, 8}, {4, 1, 5, 5}}) == "conv2d: a padding is -1, it must be at least 0");
  const auto input = [](Args a) { return conv2d_input(a[0], a[1], 9, 9, padded(1, 2)); };
  CHECK(refusal(input, {{2, 4, 4, 4}, {8, 3, 3, 3}}) ==
        "conv2d_input: y has 4 channels, the kernels make 8: y (2,4,4,4) [N,O,P,Q], kernels "
        "(8,3,3,3) [O,C,R,S]");
  CHECK(refusal(input, {{2, 8, 4, 4}, {8, 3, 3, 3}}) ==
        "conv2d_input: kernels of 3 x 3 take an image of 9 x 9 to 5 x 5, y is 4 x 4: y (2,8,4,4) "
        "[N,O,P,Q], kernels (8,3,3,3) [O,C,R,S]");
  CHECK(refusal([](Args a) { return conv2d_filter(a[0], a[1], 3, 3); },
                {{2, 3, 8, 8}, {4, 5, 6, 6}}) ==
        "conv2d_filter: x has 2 images, y 4: x (2,3,8,8) [N,C,H,W], y (4,5,6,6) [N,O,P,Q]");
  CHECK(refusal([](Args a) { return conv2d_transpose(a[0], a[1], padded(2, 2), 2); },
                {{2, 8, 4, 4}, {8, 3, 5, 5}}) ==
        "conv2d_transpose: extra is 2, it must be less than the stride 2");
}

TEST_SUITE_END();
