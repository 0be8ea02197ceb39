#include "ops/primitives/reduce.h"

#include <vector>

#include "engine/error.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/strided.h"

namespace ganflow {
namespace {

bool has(std::int64_t mask, int axis) { return mask >> axis & 1; }

// The axes of `shape` in `mask`, or those not in it.
Shape axes_of(const Shape& shape, std::int64_t mask, bool in) {
  std::vector<Extent> extents;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (has(mask, axis) == in) extents.push_back(shape[axis]);
  return Shape(extents);
}

Strides strides_of(const Shape& shape, std::int64_t mask, bool in) {
  const Strides dense = dense_strides(shape);
  Strides strides{};
  for (int axis = 0, i = 0; axis < shape.rank(); ++axis)
    if (has(mask, axis) == in) strides[i++] = dense[axis];
  return strides;
}

Value broadcast_by(Value x, std::int64_t mask, const Shape& to) {
  Attributes a;
  a.ints[0] = mask;
  encode_type({to, x.type().dtype}, a);
  return apply(broadcast_primitive(), {x}, a);
}

struct Sum : Primitive {
  std::string_view name() const override { return "sum"; }
  TensorType type(std::span<const TensorType> in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    require_dtype(name(), in, 0, DType::real);
    if (a.ints[0] >> in[0].shape.rank())
      shape_error(name(), fmt::format("axes {:#b} of rank {}", a.ints[0], in[0].shape.rank()), in);
    return {axes_of(in[0].shape, a.ints[0], false)};
  }
  Traits traits(std::span<const TensorType> in, const Attributes& a) const override {
    const bool rows = has(a.ints[0], 0), ranked = in[0].shape.rank() > 0;
    return {.role = Role::reduction,
            .multilinear = true,
            .row_operands = ranked && !rows ? 1u : 0u,
            .depth_operands = rows ? 1u : 0u};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return broadcast_by(c, node.attributes().ints[0], node.input(0).shape());
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

struct Broadcast : Primitive {
  std::string_view name() const override { return "broadcast"; }
  TensorType type(std::span<const TensorType> in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const TensorType to = decode_type(a);
    if (!(axes_of(to.shape, a.ints[0], false) == in[0].shape) || to.dtype != in[0].dtype)
      shape_error(name(), "the result without the inserted axes must have the operand's shape",
                  std::vector{in[0], to});
    return to;
  }
  Traits traits(std::span<const TensorType> in, const Attributes& a) const override {
    const bool kept = in[0].shape.rank() > 0 && !has(a.ints[0], 0);
    return {.role = Role::move, .multilinear = true, .row_operands = kept ? 1u : 0u};
  }
  Attributes with_rows(const Attributes& a, Extent rows) const override {
    Attributes b = a;
    b.ints[2] = rows;
    return b;
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return apply(sum_primitive(), {c}, {.ints = {node.attributes().ints[0]}});
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Shape& to = call.node->shape();
      const std::int64_t mask = call.node->attributes.ints[0];
      const Strides dense = dense_strides(call.input_types[0].shape);
      Strides strides{};
      for (int axis = 0, i = 0; axis < to.rank(); ++axis)
        if (!has(mask, axis)) strides[axis] = dense[i++];
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

bool trailing(const Shape& part, const Shape& whole) {
  if (part.rank() > whole.rank()) return false;
  for (int i = 1; i <= part.rank(); ++i)
    if (part[part.rank() - i] != whole[whole.rank() - i]) return false;
  return true;
}

}  // namespace

const Primitive& sum_primitive() {
  static const Sum primitive;
  return primitive;
}
const Primitive& broadcast_primitive() {
  static const Broadcast primitive;
  return primitive;
}

Value sum(Value x, std::span<const int> axes) {
  std::int64_t mask = 0;
  for (int axis : axes) {
    require_axis("sum", std::span(&x.type(), 1), axis);
    mask |= std::int64_t{1} << axis;
  }
  return mask ? apply(sum_primitive(), {x}, {.ints = {mask}}) : x;
}
Value sum(Value x, std::initializer_list<int> axes) {
  return sum(x, std::span<const int>(axes.begin(), axes.size()));
}
Value sum(Value x) {
  const std::int64_t all = (std::int64_t{1} << x.shape().rank()) - 1;
  return all ? apply(sum_primitive(), {x}, {.ints = {all}}) : x;
}
Value mean(Value x) { return sum(x) * (1.0 / static_cast<double>(x.shape().elements())); }
Value mean(Value x, std::initializer_list<int> axes) {
  const Value total = sum(x, axes);
  return total * (static_cast<double>(total.shape().elements()) /
                  static_cast<double>(x.shape().elements()));
}
Value row_sums(Value x) {
  if (x.shape().rank() == 0)
    fail(Fault::usage, "row_sums: a tensor with rows is needed, the operand has shape ()");
  std::vector<int> axes;
  for (int axis = 1; axis < x.shape().rank(); ++axis) axes.push_back(axis);
  return sum(x, axes);
}

Value broadcast(Value x, std::initializer_list<int> axes, std::initializer_list<Extent> sizes) {
  if (axes.size() != sizes.size())
    fail(Fault::usage, "broadcast: {} axes are inserted but {} sizes given", axes.size(),
         sizes.size());
  const int rank = x.shape().rank() + static_cast<int>(axes.size());
  std::vector<Extent> extents(rank, -1);
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int axis = axes.begin()[i];
    if (axis < 0 || axis >= rank || has(mask, axis))
      fail(Fault::usage, "broadcast: axis {} cannot be inserted, the result has axes 0..{}", axis,
           rank - 1);
    mask |= std::int64_t{1} << axis;
    extents[axis] = sizes.begin()[i];
  }
  for (int axis = 0, i = 0; axis < rank; ++axis)
    if (!has(mask, axis)) extents[axis] = x.shape()[i++];
  return mask ? broadcast_by(x, mask, Shape(extents)) : x;
}

Value broadcast_rows(Value x, Value like) {
  if (x.shape().rank() != 1 || like.shape().rank() == 0 || x.rows() != like.rows())
    fail(Fault::usage, "broadcast_rows: one number per row is needed: {} to the rows of {}",
         x.shape().str(), like.shape().str());
  const std::int64_t mask = (std::int64_t{1} << like.shape().rank()) - 2;
  return mask ? broadcast_by(x, mask, like.shape()) : x;
}

Value broadcast_to(Value x, const Shape& to) {
  if (x.shape() == to) return x;
  if (!trailing(x.shape(), to))
    fail(Fault::usage, "broadcast_to: {} is not a trailing part of {}", x.shape().str(), to.str());
  return broadcast_by(x, (std::int64_t{1} << (to.rank() - x.shape().rank())) - 1, to);
}

void align(std::string_view operation, Value& x, Value& y) {
  if (trailing(x.shape(), y.shape())) {
    x = broadcast_to(x, y.shape());
  } else if (trailing(y.shape(), x.shape())) {
    y = broadcast_to(y, x.shape());
  } else {
    fail(Fault::usage,
         "{}: shapes must be equal or one a trailing part of the other: {} and {} (a number per "
         "row needs broadcast_rows)",
         operation, x.shape().str(), y.shape().str());
  }
}

}  // namespace ganflow
