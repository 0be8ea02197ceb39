#include "ops/primitives/conv.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/authoring.h"
#include "engine/program/leaves.h"
#include "ops/primitives/bilinear.h"
#include "ops/primitives/channels_last.h"
#include "ops/primitives/conv_reference.h"
#include "ops/primitives/conv_sizes.h"

namespace ganflow {
namespace {

std::string_view image_letters(bool result, bool last) {
  if (result) return last ? "[N,P,Q,O]" : "[N,O,P,Q]";
  return last ? "[N,H,W,C]" : "[N,C,H,W]";
}
Window window_of(const Attributes& a) {
  return {a.ints[0], a.ints[1], a.ints[2], a.ints[3], a.ints[4]};
}
Attributes attributes_of(const Window& w, Extent first = 0, Extent second = 0, bool last = false) {
  return {.ints = {w.stride, w.top, w.bottom, w.left, w.right, first, second, last}};
}

Shape image_shape(Extent n, Extent c, Extent h, Extent w, bool last) {
  return last ? Shape{n, h, w, c} : Shape{n, c, h, w};
}

struct Conv : Primitive {
  Conv(std::string_view name, ConvKind kind) : name_(name), kind_(kind) {}
  std::string_view name() const override { return name_; }

  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name_, in, 2);
    for (int i = 0; i < 2; ++i) {
      require_dtype(name_, in, i, DType::real);
      if (in[i].shape.rank() != 4)
        shape_error(name_, fmt::format("operand {} must have four axes", i), in);
    }
    for (int i = 0; i < 5; ++i)
      if (a.ints[i] < (i == 0 ? 1 : 0))
        fail(Fault::usage, "{}: {} is {}, it must be at least {}", name_,
             i == 0 ? "the stride" : "a padding", a.ints[i], i == 0 ? 1 : 0);
    const ConvSizes z = conv_sizes(kind_, in, a);
    const bool last = z.channels_last;
    switch (kind_) {
      case ConvKind::forward:
        if (const Extent got = in[1].shape[image_axes(z.kernels_last).c]; got != z.c)
          error(in, z, fmt::format("x has {} channels, the kernels expect {}", z.c, got));
        require_fit(in, z);
        return {image_shape(z.n, z.o, z.p, z.q, last)};
      case ConvKind::input:
        if (const Extent got = in[1].shape[0]; got != z.o)
          error(in, z, fmt::format("y has {} channels, the kernels make {}", z.o, got));
        require_fit(in, z);
        require_result(in, z);
        return {image_shape(z.n, z.c, z.h, z.w, last)};
      case ConvKind::filter:
        if (const Extent got = in[1].shape[0]; got != z.n)
          error(in, z, fmt::format("x has {} images, y {}", z.n, got));
        require_fit(in, z);
        require_result(in, z);
        return {image_shape(z.o, z.c, z.r, z.s, z.kernels_last)};
    }
    return {};
  }

  Traits traits(Types, const Attributes&) const override {
    const bool rows = kind_ != ConvKind::filter;
    return {.role = Role::product,
            .multilinear = true,
            .row_operands = rows ? 1u : 0u,
            .depth_operands = rows ? 0u : 3u};
  }

  double multiply_adds(Types in, const Attributes& a) const override {
    return conv_sizes(kind_, in, a).multiply_adds();
  }

  Value vjp(const NodeRef& node, int input, Value c) const override {
    const Window window = window_of(node.attributes());
    const Value a = node.input(0), b = node.input(1);
    switch (kind_) {
      case ConvKind::forward:
        return input == 0 ? conv2d_input(c, b, a.shape()[2], a.shape()[3], window)
                          : conv2d_filter(a, c, b.shape()[2], b.shape()[3], window);
      case ConvKind::input:
        return input == 0 ? conv2d(c, b, window)
                          : conv2d_filter(c, a, b.shape()[2], b.shape()[3], window);
      case ConvKind::filter:
        return input == 0 ? conv2d_input(b, c, a.shape()[2], a.shape()[3], window)
                          : conv2d(a, c, window);
    }
    return {};
  }

  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (constant_of(builder, in[0]) != 0.0 && constant_of(builder, in[1]) != 0.0)
      return std::nullopt;
    const TensorType types[] = {builder.type(in[0]), builder.type(in[1])};
    return full(builder, type(types, a).shape, 0).id();
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes&,
                                       int) const override {
    return sum_of_bilinear(builder, *this, user, in);
  }

  std::optional<ValueId> arranged(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a, ImageOrder order) const override {
    if (order != ImageOrder::channels_last) return std::nullopt;
    if (a.ints[7] & kImagesLast) return std::nullopt;
    Attributes last = a;
    last.ints[7] |= kImagesLast;
    const Value first(builder, in[0]), second(builder, in[1]);
    const bool filter = kind_ == ConvKind::filter;
    const Value y =
        apply(*this, {to_channels_last(first), filter ? to_channels_last(second) : second}, last);
    return (filter ? y : from_channels_last(y)).id();
  }
  KernelPair reference() const override { return conv_reference(kind_); }

 private:
  [[noreturn]] void error(Types in, const ConvSizes& z, const std::string& rule) const {
    const bool last = z.channels_last;
    const bool filter = kind_ == ConvKind::filter, input = kind_ == ConvKind::input;
    fail(Fault::usage, "{}: {}: {} {} {}, {} {} {}", name_, rule, input ? "y" : "x",
         in[0].shape.str(), image_letters(input, last), filter ? "y" : "kernels", in[1].shape.str(),
         filter           ? image_letters(true, last)
         : z.kernels_last ? "[O,R,S,C]"
                          : "[O,C,R,S]");
  }
  void require_fit(Types in, const ConvSizes& z) const {
    const Extent h = z.h + z.top + z.bottom, w = z.w + z.left + z.right;
    if (z.r < 1 || z.s < 1 || z.r > h || z.s > w)
      error(in, z,
            fmt::format("the kernels of {} x {} must fit into the padded image of {} x {}", z.r,
                        z.s, h, w));
  }
  void require_result(Types in, const ConvSizes& z) const {
    const Extent p = windows(z.h, z.top + z.bottom, z.r, z.stride);
    const Extent q = windows(z.w, z.left + z.right, z.s, z.stride);
    if (p != z.p || q != z.q)
      error(in, z,
            fmt::format("kernels of {} x {} take an image of {} x {} to {} x {}, y is {} x {}", z.r,
                        z.s, z.h, z.w, p, q, z.p, z.q));
  }

  std::string_view name_;
  ConvKind kind_;
};

}  // namespace

Window padded(Extent padding, Extent stride) {
  return {stride, padding, padding, padding, padding};
}

Window same_window(Extent height, Extent width, Extent kernel_height, Extent kernel_width,
                   Extent stride) {
  const auto total = [stride](Extent extent, Extent kernel) {
    return std::max<Extent>(0, ((extent + stride - 1) / stride - 1) * stride + kernel - extent);
  };
  const Extent rows = total(height, kernel_height), columns = total(width, kernel_width);
  return {stride, rows / 2, rows - rows / 2, columns / 2, columns - columns / 2};
}

const Primitive& conv2d_primitive() {
  static const Conv primitive("conv2d", ConvKind::forward);
  return primitive;
}
const Primitive& conv2d_input_primitive() {
  static const Conv primitive("conv2d_input", ConvKind::input);
  return primitive;
}
const Primitive& conv2d_filter_primitive() {
  static const Conv primitive("conv2d_filter", ConvKind::filter);
  return primitive;
}

Value conv2d(Value x, Value kernels, const Window& window) {
  return apply(conv2d_primitive(), {x, kernels}, attributes_of(window));
}
Value conv2d_input(Value y, Value kernels, Extent height, Extent width, const Window& window) {
  return apply(conv2d_input_primitive(), {y, kernels}, attributes_of(window, height, width));
}
Value conv2d_filter(Value x, Value y, Extent rows, Extent columns, const Window& window) {
  return apply(conv2d_filter_primitive(), {x, y}, attributes_of(window, rows, columns));
}

Value conv2d_transpose(Value y, Value kernels, const Window& window, Extent extra) {
  if (y.shape().rank() != 4 || kernels.shape().rank() != 4)
    fail(Fault::usage, "conv2d_transpose: y and kernels must have four axes: y {}, kernels {}",
         y.shape().str(), kernels.shape().str());
  if (extra < 0 || extra >= window.stride)
    fail(Fault::usage, "conv2d_transpose: extra is {}, it must be less than the stride {}", extra,
         window.stride);
  const Extent height =
      (y.shape()[2] - 1) * window.stride + kernels.shape()[2] - window.top - window.bottom + extra;
  const Extent width =
      (y.shape()[3] - 1) * window.stride + kernels.shape()[3] - window.left - window.right + extra;
  return conv2d_input(y, kernels, height, width, window);
}

}  // namespace ganflow
