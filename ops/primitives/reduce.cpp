#include "ops/primitives/reduce.h"

#include <bit>
#include <vector>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/layout.h"

namespace ganflow {
namespace {

struct Sum : Primitive {
  std::string_view name() const override { return "sum"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    require_dtype(name(), in, 0, DType::real);
    if (a.ints[0] >> in[0].shape.rank())
      shape_error(name(), fmt::format("axes {:#b} of rank {}", a.ints[0], in[0].shape.rank()), in);
    return {axes_of(in[0].shape, a.ints[0], false)};
  }
  Traits traits(Types in, const Attributes& a) const override {
    const bool rows = has(a.ints[0], 0), ranked = in[0].shape.rank() > 0;
    return {.role = Role::reduction,
            .multilinear = true,
            .row_operands = ranked && !rows ? 1u : 0u,
            .depth_operands = rows ? 1u : 0u,
            .summed_axes = static_cast<std::uint32_t>(a.ints[0])};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return broadcast_axes(c, node.attributes().ints[0], node.input(0).shape());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const std::int64_t mask = a.ints[0];
    const Node x = builder.node(in[0]);
    const Shape to = axes_of(x.shape(), mask, false);
    if (mask == 0) return in[0];
    const auto n = static_cast<double>(elements_of(x.shape(), mask));
    if (const auto c = constant_of(builder, in[0])) return full(builder, to, *c * n).id();
    if (n == 1) return reshape(Value(builder, in[0]), to).id();
    if (x.inputs.empty()) return std::nullopt;
    const Value base(builder, x.inputs[0]);
    const std::int64_t inner = x.attributes.ints[0];
    if (x.primitive == this) return sum_axes(base, inner | spread(mask, inner)).id();
    if (x.primitive == &affine_primitive()) {
      const auto [scale, offset] = x.attributes.reals;
      return affine(sum_axes(base, mask), scale, offset * n).id();
    }
    if (x.primitive == &broadcast_primitive()) {
      const Value part = sum_axes(base, without(mask, inner));
      const auto copies = static_cast<double>(elements_of(x.shape(), inner & mask));
      return affine(broadcast_axes(part, without(inner, mask), to), copies, 0).id();
    }
    if (x.primitive == &pad_primitive() && has(mask, static_cast<int>(inner)))
      return sum_axes(base, mask).id();
    if (x.primitive == &reshape_primitive() && to.rank() == 0) return sum(base).id();
    if (x.primitive == &permute_primitive()) return of_permute(x, base, mask).id();
    return std::nullopt;
  }
  // sum(permute x) = permute(sum x): the sum over the axes they come from.
  static Value of_permute(const Node& x, Value base, std::int64_t mask) {
    std::int64_t from = 0;
    for (int i = 0; i < x.shape().rank(); ++i)
      if (has(mask, i)) from |= std::int64_t{1} << x.attributes.ints[i];
    std::vector<int> order;
    for (int i = 0; i < x.shape().rank(); ++i) {
      const std::int64_t before = (std::int64_t{1} << x.attributes.ints[i]) - 1;
      if (!has(mask, i)) order.push_back(std::popcount(static_cast<std::uint64_t>(~from & before)));
    }
    return permute(sum_axes(base, from), order);
  }
  struct Kernel {
    // Accumulated in double whatever T: the oracle's error is that of one rounding.
    template <class T>
    static void run(const KernelCall& call) {
      const Shape& from = call.input_types[0].shape;
      const std::int64_t mask = call.node->attributes.ints[0];
      const Shape summed = axes_of(from, mask, true);
      const Strides inner = strides_of(from, mask, true);
      T* y = result<T>(call);
      for_each_offset(axes_of(from, mask, false), strides_of(from, mask, false), [&](Extent at) {
        const T* x = operand<T>(call, 0) + at;
        double total = 0;
        for_each_offset(summed, inner, [&](Extent i) { total += x[i]; });
        *y++ = static_cast<T>(total);
      });
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& sum_primitive() {
  static const Sum primitive;
  return primitive;
}

Value sum_axes(Value x, std::int64_t mask) {
  return mask ? apply(sum_primitive(), {x}, {.ints = {mask}}) : x;
}

Value sum(Value x, std::span<const int> axes) {
  const TensorType type = x.type();
  std::int64_t mask = 0;
  for (int axis : axes) {
    require_axis("sum", std::span(&type, 1), axis);
    mask |= std::int64_t{1} << axis;
  }
  return sum_axes(x, mask);
}
Value sum(Value x, std::initializer_list<int> axes) {
  return sum(x, std::span<const int>(axes.begin(), axes.size()));
}
Value sum(Value x) { return sum_axes(x, (std::int64_t{1} << x.shape().rank()) - 1); }
Value mean(Value x) { return affine(sum(x), 1 / static_cast<double>(x.shape().elements()), 0); }
Value mean(Value x, std::initializer_list<int> axes) {
  const Value total = sum(x, axes);
  const Extent terms = x.shape().elements() / total.shape().elements();
  return affine(total, 1 / static_cast<double>(terms), 0);
}
Value row_sums(Value x) {
  if (x.shape().rank() == 0)
    fail(Fault::usage, "row_sums: a tensor with rows is needed, the operand has shape ()");
  std::vector<int> axes;
  for (int axis = 1; axis < x.shape().rank(); ++axis) axes.push_back(axis);
  return sum(x, axes);
}

}  // namespace ganflow
