#include <algorithm>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "ops/primitives/channels_last.h"
#include "ops/primitives/images.h"
#include "ops/primitives/pool.h"

namespace ganflow {
namespace {

// Nearest upsampling, and its adjoint, the sum over windows side by side.
struct Upsample : Primitive {
  std::string_view name() const override { return "upsample"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    require_image(name(), in, 0);
    if (a.ints[0] < 1)
      fail(Fault::usage, "upsample: the factor is {}, it must be at least 1", a.ints[0]);
    const Image x(in[0].shape, a.ints[7]);
    return {Image::shape(x.n, x.c, x.h * a.ints[0], x.w * a.ints[0], a.ints[7])};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::move, .multilinear = true, .row_operands = 1};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return apply(pool_sum_primitive(), {c}, node.attributes());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (a.ints[0] == 1) return in[0];
    if (const auto c = constant_of(builder, in[0])) return filled(builder, *this, in, a, *c);
    return in_channels_last(builder, *this, in, a);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Extent factor = call.node->attributes.ints[0];
      const bool last = call.node->attributes.ints[7];
      const Image x(call.input_types[0].shape, last);
      const T* from = operand<T>(call, 0);
      T* to = result<T>(call);
      const Extent planes = x.n * (last ? 1 : x.c), inner = last ? x.c : 1;
      for (Extent row = 0; row < planes * x.h; ++row, from += x.w * inner) {
        const T* line = to;
        for (Extent w = 0; w < x.w; ++w)
          for (Extent i = 0; i < factor; ++i, to += inner) std::copy_n(from + w * inner, inner, to);
        for (Extent i = 1; i < factor; ++i, to += x.w * factor * inner)
          std::copy_n(line, x.w * factor * inner, to);
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct PoolSum : Primitive {
  std::string_view name() const override { return "pool_sum"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    require_image(name(), in, 0);
    const Image x(in[0].shape, a.ints[7]);
    const Extent factor = a.ints[0];
    if (factor < 1 || x.h % factor || x.w % factor)
      shape_error(name(), fmt::format("the factor {} must divide {} x {}", factor, x.h, x.w), in);
    return {Image::shape(x.n, x.c, x.h / factor, x.w / factor, a.ints[7])};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::reduction, .multilinear = true, .row_operands = 1};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return apply(upsample_primitive(), {c}, node.attributes());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const auto factor = static_cast<double>(a.ints[0]);
    if (a.ints[0] == 1) return in[0];
    const Node x = builder.node(in[0]);
    if (const auto c = constant_of(builder, in[0]))
      return filled(builder, *this, in, a, *c * factor * factor);
    if (x.primitive == &upsample_primitive() && x.attributes == a)
      return affine(Value(builder, x.inputs[0]), factor * factor, 0).id();
    return in_channels_last(builder, *this, in, a);
  }
  // Small windows: a sum of readings, so that whoever uses it adds up while loading.
  std::optional<ValueId> arranged(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a, ImageOrder order) const override {
    if (order != ImageOrder::channels_last) return std::nullopt;
    if (a.ints[0] > kReadWindow) return std::nullopt;
    const Value image(builder, in[0]), x = a.ints[7] ? image : to_channels_last(image);
    Value total;
    for (const Value& part : window_parts(x, a.ints[0])) total = total ? add(total, part) : part;
    return (a.ints[7] ? total : from_channels_last(total)).id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Extent factor = call.node->attributes.ints[0];
      const bool last = call.node->attributes.ints[7];
      const Image x(call.input_types[0].shape, last), y(call.node->shape(), last);
      T* to = result<T>(call);
      const Extent outer = last ? 1 : y.c, inner = last ? y.c : 1;
      for (Extent n = 0; n < y.n; ++n)
        for (Extent c = 0; c < outer; ++c)
          for (Extent p = 0; p < y.h; ++p)
            for (Extent q = 0; q < y.w; ++q, to += inner) {
              std::fill_n(to, inner, T(0));
              for (Extent i = 0; i < factor; ++i)
                for (Extent j = 0; j < factor; ++j) {
                  const T* from = operand<T>(call, 0) + n * x.nn + c * x.cc +
                                  (p * factor + i) * x.hh + (q * factor + j) * x.ww;
#pragma GCC ivdep
                  for (Extent k = 0; k < inner; ++k) to[k] += from[k];
                }
            }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& upsample_primitive() {
  static const Upsample primitive;
  return primitive;
}
const Primitive& pool_sum_primitive() {
  static const PoolSum primitive;
  return primitive;
}

Value upsample(Value x, Extent factor) {
  return apply(upsample_primitive(), {x}, {.ints = {factor}});
}
Value average_pool(Value x, Extent factor) {
  const Value total = apply(pool_sum_primitive(), {x}, {.ints = {factor}});
  return affine(total, 1 / static_cast<double>(factor * factor), 0);
}

}  // namespace ganflow
