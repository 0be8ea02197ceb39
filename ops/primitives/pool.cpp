#include "ops/primitives/pool.h"

#include <algorithm>
#include <limits>

#include "engine/error.h"
#include "ops/primitives/channels_last.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/images.h"

namespace ganflow {
namespace {

// What both the maximum's place and its uses share.
struct Pool : Primitive {
  explicit Pool(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }

 protected:
  // Checks an image's size against the window; the windows' image of `c` channels.
  Shape windows(Types in, const Attributes& a, Extent n, Extent c) const {
    const auto [size, stride, h, w] = std::tuple(a.ints[0], a.ints[1], a.ints[2], a.ints[3]);
    if (size < 1 || stride < 1)
      fail(Fault::usage, "{}: size is {} and stride {}, both must be at least 1", name_, size,
           stride);
    if (size > h || size > w)
      shape_error(name_, fmt::format("windows of {0} x {0} must fit into {1} x {2}", size, h, w),
                  in);
    return Image::shape(n, c, (h - size) / stride + 1, (w - size) / stride + 1, a.ints[7]);
  }
  void require_pooled_image(Types in, const Attributes& a) const {
    require_image(name_, in, 0);
    const Image x(in[0].shape, a.ints[7]);
    if (x.h != a.ints[2] || x.w != a.ints[3])
      shape_error(name_, fmt::format("an image of {} x {} is expected", a.ints[2], a.ints[3]), in);
  }
  void require_index(Types in, const Attributes& a, const Shape& x) const {
    require_image(name_, in, 1, DType::index);
    if (!(in[1].shape == windows(in, a, x[0], x[a.ints[7] ? 3 : 1])))
      shape_error(name_, "the index must have one entry per window", in);
  }
  std::string_view name_;
};

struct PoolIndex : Pool {
  PoolIndex() : Pool("pool_index") {}
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name_, in, 1);
    require_pooled_image(in, a);
    const Image x(in[0].shape, a.ints[7]);
    return {windows(in, a, x.n, x.c), DType::index};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::indexed, .row_operands = 1};
  }
  Value vjp(const NodeRef&, int, Value) const override { return {}; }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    return in_channels_last(builder, *this, in, a);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const Image x(call.input_types[0].shape, ints[7]), y(call.node->shape(), ints[7]);
      const T* from = operand<T>(call, 0);
      auto* index = result<std::int32_t>(call);
      const auto place = [&](const T* image, Extent p, Extent q) {
        Extent best = p * ints[1] * x.w + q * ints[1];
        const T* corner = image + p * ints[1] * x.hh + q * ints[1] * x.ww;
        T largest = *corner;
        for (Extent i = 0; i < ints[0]; ++i)
          for (Extent j = 0; j < ints[0]; ++j)
            if (corner[i * x.hh + j * x.ww] > largest) {
              largest = corner[i * x.hh + j * x.ww];
              best = (p * ints[1] + i) * x.w + q * ints[1] + j;
            }
        return static_cast<std::int32_t>(best);
      };
      const Extent outer = ints[7] ? 1 : y.c, inner = ints[7] ? y.c : 1;
      for (Extent n = 0; n < y.n; ++n)
        for (Extent c = 0; c < outer; ++c)
          for (Extent p = 0; p < y.h; ++p)
            for (Extent q = 0; q < y.w; ++q)
              for (Extent i = 0; i < inner; ++i)
                *index++ = place(from + n * x.nn + c * x.cc + i, p, q);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct PoolTake : Pool {
  PoolTake() : Pool("pool_take") {}
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name_, in, 2);
    require_pooled_image(in, a);
    require_index(in, a, in[0].shape);
    return {in[1].shape};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::indexed, .multilinear = true, .row_operands = 3};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    if (input == 1) return {};
    return apply(pool_put_primitive(), {c, node.input(1)}, node.attributes());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (const auto c = constant_of(builder, in[0])) return filled(builder, *this, in, a, *c);
    return in_channels_last(builder, *this, in, a);
  }
  // The maxima themselves, of small windows side by side: a comparison of readings.
  std::optional<ValueId> arranged(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a, ImageOrder order) const override {
    if (order != ImageOrder::channels_last) return std::nullopt;
    const Value image(builder, in[0]), x = a.ints[7] ? image : to_channels_last(image);
    const auto last = channels_last_of(builder, in[1]);
    const Node index = builder.node(last.value_or(in[1]));
    if (a.ints[0] != a.ints[1] || a.ints[0] > kReadWindow ||
        index.primitive != &pool_index_primitive() || index.inputs[0] != (last ? x.id() : in[0]))
      return std::nullopt;
    Value largest;
    for (const Value& part : window_parts(x, a.ints[0]))
      largest = largest ? select(greater(part, largest), part, largest) : part;
    return (a.ints[7] ? largest : from_channels_last(largest)).id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const bool last = call.node->attributes.ints[7];
      const Image x(call.input_types[0].shape, last), y(call.node->shape(), last);
      const auto* index = operand<std::int32_t>(call, 1);
      const T* from = operand<T>(call, 0);
      T* to = result<T>(call);
      const Extent outer = last ? 1 : y.c, inner = last ? y.c : 1;
      for (Extent n = 0; n < y.n; ++n)
        for (Extent c = 0; c < outer; ++c)
          for (Extent i = 0; i < y.h * y.w; ++i)
            for (Extent j = 0; j < inner; ++j) {
              const std::int32_t at = *index++;
              *to++ = at < 0 || at >= x.h * x.w ? std::numeric_limits<T>::quiet_NaN()
                                                : from[n * x.nn + c * x.cc + at * x.ww + j];
            }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct PoolPut : Pool {
  PoolPut() : Pool("pool_put") {}
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name_, in, 2);
    require_image(name_, in, 0);
    const Image y(in[0].shape, a.ints[7]);
    const Shape x = Image::shape(y.n, y.c, a.ints[2], a.ints[3], a.ints[7]);
    require_index(in, a, x);
    if (!(in[0].shape == in[1].shape))
      shape_error(name_, "operand and index must have equal shapes", in);
    return {x};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::indexed, .multilinear = true, .row_operands = 3};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    if (input == 1) return {};
    return apply(pool_take_primitive(), {c, node.input(1)}, node.attributes());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (constant_of(builder, in[0]) == 0.0) return filled(builder, *this, in, a, 0);
    return in_channels_last(builder, *this, in, a);
  }
  // Every pixel asks the windows that cover it.
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const Extent size = ints[0], stride = ints[1];
      const bool last = ints[7];
      const Image y(call.input_types[0].shape, last), x(call.node->shape(), last);
      T* to = result<T>(call);
      const Extent outer = last ? 1 : y.c, inner = last ? y.c : 1;
      const auto first = [&](Extent at) { return at < size ? 0 : (at - size) / stride + 1; };
      for (Extent n = 0; n < x.n; ++n)
        for (Extent c = 0; c < outer; ++c) {
          const T* from = operand<T>(call, 0) + n * y.nn + c * y.cc;
          const auto* index = operand<std::int32_t>(call, 1) + n * y.nn + c * y.cc;
          for (Extent h = 0; h < x.h; ++h)
            for (Extent w = 0; w < x.w; ++w, to += inner) {
              std::fill_n(to, inner, T(0));
              const auto here = static_cast<std::int32_t>(h * x.w + w);
              for (Extent p = first(h); p < std::min(y.h, h / stride + 1); ++p)
                for (Extent q = first(w); q < std::min(y.w, w / stride + 1); ++q) {
                  const Extent at = p * y.hh + q * y.ww;
#pragma GCC ivdep
                  for (Extent i = 0; i < inner; ++i)
                    to[i] += index[at + i] == here ? from[at + i] : T(0);
                }
            }
        }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& pool_index_primitive() {
  static const PoolIndex primitive;
  return primitive;
}
const Primitive& pool_take_primitive() {
  static const PoolTake primitive;
  return primitive;
}
const Primitive& pool_put_primitive() {
  static const PoolPut primitive;
  return primitive;
}

Value max_pool(Value x, Extent size, Extent stride) {
  const TensorType type = x.type();
  require_image("max_pool", std::span(&type, 1), 0);
  const Attributes a{.ints = {size, stride, x.shape()[2], x.shape()[3]}};
  const Value index = apply(pool_index_primitive(), {x}, a);
  return apply(pool_take_primitive(), {x, index}, a);
}

}  // namespace ganflow
