#include "ops/primitives/layout.h"

#include <cstring>
#include <vector>

#include "engine/error.h"
#include "engine/program/core.h"
#include "engine/program/kernel.h"
#include "ops/primitives/strided.h"

namespace ganflow {
namespace {

struct Reshape : Primitive {
  std::string_view name() const override { return "reshape"; }
  TensorType type(std::span<const TensorType> in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const TensorType to = decode_type(a);
    if (to.shape.elements() != in[0].shape.elements() || to.dtype != in[0].dtype)
      shape_error(
          name(),
          fmt::format("{} elements cannot become {}", in[0].shape.elements(), to.shape.elements()),
          std::vector{in[0], to});
    return to;
  }
  Traits traits(std::span<const TensorType> in, const Attributes& a) const override {
    const Shape to = decode_type(a).shape;
    const bool kept = to.rank() > 0 && in[0].shape.rank() > 0 && to[0] == in[0].shape[0];
    return {.role = Role::view, .multilinear = true, .row_operands = kept ? 1u : 0u};
  }
  Attributes with_rows(const Attributes& a, Extent rows) const override {
    Attributes b = a;
    b.ints[2] = rows;
    return b;
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return reshape(c, node.input(0).shape());
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      by_element<T>(call.node->type.dtype, [&](auto zero) {
        using E = decltype(zero);
        std::memcpy(call.output, call.inputs[0], call.node->shape().elements() * sizeof(E));
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Permute : Primitive {
  std::string_view name() const override { return "permute"; }
  TensorType type(std::span<const TensorType> in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const Shape& from = in[0].shape;
    std::vector<Extent> extents;
    std::int64_t seen = 0;
    for (int i = 0; i < from.rank(); ++i) {
      const std::int64_t axis = a.ints[i];
      if (axis < 0 || axis >= from.rank() || seen >> axis & 1)
        shape_error(name(), "the order must name every axis once", in);
      seen |= std::int64_t{1} << axis;
      extents.push_back(from[static_cast<int>(axis)]);
    }
    return {Shape(extents), in[0].dtype};
  }
  Traits traits(std::span<const TensorType> in, const Attributes& a) const override {
    const bool kept = in[0].shape.rank() > 0 && a.ints[0] == 0;
    return {.role = Role::move, .multilinear = true, .row_operands = kept ? 1u : 0u};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    Attributes inverse;
    for (int i = 0; i < c.shape().rank(); ++i) inverse.ints[node.attributes().ints[i]] = i;
    return apply(*this, {c}, inverse);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Shape& to = call.node->shape();
      const Strides dense = dense_strides(call.input_types[0].shape);
      Strides strides{};
      for (int i = 0; i < to.rank(); ++i) strides[i] = dense[call.node->attributes.ints[i]];
      by_element<T>(call.node->type.dtype, [&](auto zero) {
        using E = decltype(zero);
        E* y = result<E>(call);
        const E* x = operand<E>(call, 0);
        for_each_offset(to, strides, [&](Extent at) { *y++ = x[at]; });
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& reshape_primitive() {
  static const Reshape primitive;
  return primitive;
}
const Primitive& permute_primitive() {
  static const Permute primitive;
  return primitive;
}

Value reshape(Value x, const Shape& shape) {
  Attributes a;
  encode_type({shape, x.type().dtype}, a);
  return apply(reshape_primitive(), {x}, a);
}

Value permute(Value x, std::span<const int> order) {
  if (static_cast<int>(order.size()) != x.shape().rank())
    fail(Fault::usage, "permute: the order has {} axes, the operand is {}", order.size(),
         x.shape().str());
  Attributes a;
  for (std::size_t i = 0; i < order.size(); ++i) a.ints[i] = order[i];
  return apply(permute_primitive(), {x}, a);
}
Value permute(Value x, std::initializer_list<int> order) {
  return permute(x, std::span<const int>(order.begin(), order.size()));
}
Value transpose(Value x) {
  if (x.shape().rank() != 2)
    fail(Fault::usage, "transpose: a matrix is needed, the operand is {}", x.shape().str());
  return permute(x, {1, 0});
}

}  // namespace ganflow
