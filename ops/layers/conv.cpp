#include "ops/layers/conv.h"

#include <fmt/format.h>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/normalize.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/pool.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

void require_image(Formula& f, const char* layer, Value x) {
  if (x.shape().rank() != 4)
    formula_error(f.builder(), fmt::format("{}: x {} has {} axes, images have 4 [N,C,H,W]; "
                                           "put Unflatten in front",
                                           layer, x.shape().str(), x.shape().rank()));
}

// The stored weight as the layer uses it.
Value kernels(Formula& f, const Shape& shape, Fan fan, const LayerInit& init,
              const WeightTransform& transform) {
  const Value w = f.variable("w", shape, Keep::parameter, init.weight(fan));
  return transform ? transform(f, w) : w;
}

Value add_bias(Formula& f, Value y, Fan fan, const LayerInit& init) {
  const Value b = f.variable("b", {y.shape()[1]}, Keep::parameter, init.bias(fan));
  return y + broadcast_axes(b, axes_but(1, y), y.shape());
}

void require_sizes(Formula& f, const char* layer, Extent channels, Extent kernel, Extent stride) {
  if (channels < 1 || kernel < 1 || stride < 1)
    formula_error(f.builder(), fmt::format("{}: channels is {}, kernel {} and "
                                           "stride {}, each must be at least 1",
                                           layer, channels, kernel, stride));
}

}  // namespace

Value Conv::operator()(Formula& f, Value x) const {
  require_image(f, "conv", x);
  require_sizes(f, "conv", channels, kernel, stride);
  const Extent in = x.shape()[1], height = x.shape()[2], width = x.shape()[3];
  const Fan fan{in * kernel * kernel, channels * kernel * kernel};
  const Value w = kernels(f, {channels, in, kernel, kernel}, fan, init, weight);
  const Window window = padding == Padding::same
                            ? same_window(height, width, kernel, kernel, stride)
                            : Window{.stride = stride};
  const Value y = conv2d(x, w, window);
  return bias ? add_bias(f, y, fan, init) : y;
}

Value Deconv::operator()(Formula& f, Value x) const {
  require_image(f, "deconv", x);
  require_sizes(f, "deconv", channels, kernel, stride);
  if (kernel < stride)
    formula_error(f.builder(),
                  fmt::format("deconv: kernel is {} and stride {}, a smaller kernel leaves gaps",
                              kernel, stride));
  const Extent in = x.shape()[1], height = stride * x.shape()[2], width = stride * x.shape()[3];
  const Fan fan{in * kernel * kernel, channels * kernel * kernel};
  const Value w = kernels(f, {in, channels, kernel, kernel}, fan, init, weight);
  const Value y =
      conv2d_input(x, w, height, width, same_window(height, width, kernel, kernel, stride));
  return bias ? add_bias(f, y, fan, init) : y;
}

Value MaxPool::operator()(Value x) const { return max_pool(x, size, size); }
Value AveragePool::operator()(Value x) const { return average_pool(x, size); }
Value Upsample::operator()(Value x) const { return upsample(x, factor); }
Value mean_pixels(Value x) { return mean(x, {2, 3}); }

Value Crop::operator()(Formula& f, Value x) const {
  require_image(f, "crop", x);
  if (side < 1 || side > x.shape()[2] || side > x.shape()[3])
    formula_error(f.builder(), fmt::format("crop: side is {}, x has {} x {} pixels: {}", side,
                                           x.shape()[2], x.shape()[3], x.shape().str()));
  return slice(slice(x, 2, 0, side), 3, 0, side);
}

}  // namespace ganflow
