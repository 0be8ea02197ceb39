#include "ops/primitives/gather.h"

#include <algorithm>
#include <limits>

#include "engine/error.h"
#include "engine/program/authoring.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

void require_index(std::string_view name, Types in) {
  require_inputs(name, in, 2);
  require_axis(name, in, 0);
  require_dtype(name, in, 1, DType::index);
  if (in[1].shape.rank() != 1) shape_error(name, "the index must be a vector", in);
}

// No row of `rows`.
bool is_outside(std::int32_t index, Extent rows) { return index < 0 || index >= rows; }

struct Gather : Primitive {
  std::string_view name() const override { return "gather"; }
  TensorType type(Types in, const Attributes&) const override {
    require_index(name(), in);
    return {in[0].shape.with_rows(in[1].shape[0]), in[0].dtype};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::indexed, .multilinear = true, .row_operands = 2};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    if (input == 1) return {};
    return scatter_add(c, node.input(1), node.input(0).rows());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    const auto c = constant_of(builder, in[0]);
    if (!c) return std::nullopt;
    const Shape shape = builder.node(in[0]).shape().with_rows(builder.node(in[1]).shape()[0]);
    return full(builder, shape, *c).id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const std::int32_t* index = operand<std::int32_t>(call, 1);
      const Extent n = call.node->shape().row_elements();
      by_element<T>(call.node->type.dtype, [&](auto zero) {
        using E = decltype(zero);
        for (Extent i = 0; i < call.node->shape().rows(); ++i)
          if (is_outside(index[i], call.input_types[0].shape.rows()))
            std::fill_n(result<E>(call) + i * n, n, std::numeric_limits<E>::quiet_NaN());
          else
            std::copy_n(operand<E>(call, 0) + index[i] * n, n, result<E>(call) + i * n);
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct ScatterAdd : Primitive {
  std::string_view name() const override { return "scatter_add"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_index(name(), in);
    require_dtype(name(), in, 0, DType::real);
    if (in[0].shape[0] != in[1].shape[0])
      shape_error(name(), fmt::format("{} rows meet {} indices", in[0].shape[0], in[1].shape[0]),
                  in);
    return {in[0].shape.with_rows(a.ints[0])};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::indexed, .multilinear = true, .depth_operands = 3};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    if (input == 1) return {};
    return gather(c, node.input(1));
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (constant_of(builder, in[0]) != 0.0) return std::nullopt;
    return full(builder, builder.node(in[0]).shape().with_rows(a.ints[0]), 0).id();
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const std::int32_t* index = operand<std::int32_t>(call, 1);
      const Extent n = call.node->shape().row_elements();
      std::fill_n(result<T>(call), call.node->shape().elements(), T(0));
      for (Extent i = 0; i < call.input_types[1].shape[0]; ++i) {
        if (is_outside(index[i], call.node->shape().rows())) continue;
        for (Extent j = 0; j < n; ++j)
          result<T>(call)[index[i] * n + j] += operand<T>(call, 0)[i * n + j];
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& gather_primitive() {
  static const Gather primitive;
  return primitive;
}
const Primitive& scatter_add_primitive() {
  static const ScatterAdd primitive;
  return primitive;
}

Value gather(Value x, Value index) { return apply(gather_primitive(), {x, index}); }
Value scatter_add(Value c, Value index, Extent rows) {
  return apply(scatter_add_primitive(), {c, index}, {.ints = {rows}});
}

}  // namespace ganflow
