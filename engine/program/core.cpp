#include "engine/program/core.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"
#include "engine/program/kernel.h"

namespace ganflow {
namespace {

using Types = std::span<const TensorType>;

// Leaves bound by slot: the caller of the program supplies the pointer, there is nothing to run.
struct Leaf : Primitive {
  explicit Leaf(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }
  TensorType type(Types, const Attributes& a) const override { return decode_type(a); }
  Traits traits(Types, const Attributes&) const override { return {.role = Role::leaf}; }

 private:
  std::string_view name_;
};

struct Full : Leaf {
  Full() : Leaf("full") {}
  Attributes with_rows(const Attributes& a, Extent rows) const override {
    Attributes b = a;
    if (decode_type(a).shape.rank()) b.ints[2] = rows;
    return b;
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      std::fill_n(result<T>(call), call.node->shape().elements(),
                  static_cast<T>(call.node->attributes.reals[0]));
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Affine : Primitive {
  std::string_view name() const override { return "affine"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 1);
    return in[0];
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise, .row_operands = 1};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return affine(c, node.attributes().reals[0], 0);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const auto [scale, offset] = a.reals;
    if (scale == 1 && offset == 0) return in[0];
    const Value x(builder, in[0]);
    if (scale == 0) return full_like(x, offset).id();
    if (auto c = constant_of(builder, in[0])) return full_like(x, scale * *c + offset).id();
    const Node& inner = builder.node(in[0]);
    if (inner.primitive == this) {
      const auto [s, o] = inner.attributes.reals;
      return affine(Value(builder, inner.inputs[0]), scale * s, scale * o + offset).id();
    }
    return std::nullopt;
  }
  struct Formula {
    static constexpr int kOperands = 1;
    template <class T>
    static T f(const T* x, const Attributes& a) {
      return static_cast<T>(a.reals[0]) * x[0] + static_cast<T>(a.reals[1]);
    }
  };
  TileLoop tile() const override { return tile_loop<Formula>(); }
};

struct Add : Primitive {
  std::string_view name() const override { return "add"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 2);
    if (!(in[0] == in[1])) shape_error(name(), "operands must have equal shapes", in);
    return in[0];
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise, .commutative = true, .row_operands = 3};
  }
  Value vjp(const NodeRef&, int, Value c) const override { return c; }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    for (int i = 0; i < 2; ++i)
      if (auto c = constant_of(builder, in[i]))
        return affine(Value(builder, in[1 - i]), 1, *c).id();
    if (in[0] == in[1]) return affine(Value(builder, in[0]), 2, 0).id();
    return std::nullopt;
  }
  struct Formula {
    static constexpr int kOperands = 2;
    template <class T>
    static T f(const T* x, const Attributes&) {
      return x[0] + x[1];
    }
  };
  TileLoop tile() const override { return tile_loop<Formula>(); }
};

template <class T>
void copy_block(T* to, Extent to_stride, const T* from, Extent from_stride, Extent rows, Extent n) {
  for (Extent i = 0; i < rows; ++i)
    std::memcpy(to + i * to_stride, from + i * from_stride, n * sizeof(T));
}

struct Concat : Primitive {
  std::string_view name() const override { return "concat"; }
  TensorType type(Types in, const Attributes& a) const override {
    const int axis = static_cast<int>(a.ints[0]);
    if (in.empty()) shape_error(name(), "takes at least one operand", in);
    require_axis(name(), in, axis);
    TensorType type = in[0];
    type.shape[axis] = 0;
    for (const TensorType& t : in) {
      if (t.shape.rank() != type.shape.rank() ||
          !(t.shape.without(axis) == type.shape.without(axis)))
        shape_error(name(), fmt::format("extents may differ along axis {} only", axis), in);
      if (t.dtype != type.dtype) shape_error(name(), "operands of different element types", in);
      type.shape[axis] += t.shape[axis];
    }
    return type;
  }
  Traits traits(Types in, const Attributes& a) const override {
    return {.role = Role::move, .row_operands = a.ints[0] ? (1u << in.size()) - 1 : 0};
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const int axis = static_cast<int>(node.attributes().ints[0]);
    Extent lo = 0;
    for (int i = 0; i < input; ++i) lo += node.input(i).shape()[axis];
    return slice(c, axis, lo, lo + node.input(input).shape()[axis]);
  }
  Value jvp(const NodeRef& node, int input, Value tangent) const override {
    const int axis = static_cast<int>(node.attributes().ints[0]);
    Extent lo = 0;
    for (int i = 0; i < input; ++i) lo += node.input(i).shape()[axis];
    return pad(tangent, axis, lo, node.output().shape()[axis] - lo - tangent.shape()[axis]);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const int axis = static_cast<int>(call.node->attributes.ints[0]);
      const AxisSplit to = split_at(call.node->shape(), axis);
      Extent offset = 0;
      for (std::size_t i = 0; i < call.input_types.size(); ++i) {
        const Extent n = call.input_types[i].shape[axis] * to.inner;
        if (call.node->type.dtype == DType::mask)
          copy_block(result<std::uint8_t>(call) + offset, to.extent * to.inner,
                     operand<std::uint8_t>(call, i), n, to.outer, n);
        else
          copy_block(result<T>(call) + offset, to.extent * to.inner, operand<T>(call, i), n,
                     to.outer, n);
        offset += n;
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Slice : Primitive {
  std::string_view name() const override { return "slice"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const auto axis = static_cast<int>(a.ints[0]);
    require_axis(name(), in, axis);
    if (a.ints[1] < 0 || a.ints[1] > a.ints[2] || a.ints[2] > in[0].shape[axis])
      shape_error(name(), fmt::format("range {}:{} of axis {}", a.ints[1], a.ints[2], axis), in);
    TensorType type = in[0];
    type.shape[axis] = a.ints[2] - a.ints[1];
    return type;
  }
  Traits traits(Types, const Attributes& a) const override {
    return a.ints[0] == 0 ? Traits{.role = Role::view, .multilinear = true}
                          : Traits{.role = Role::move, .multilinear = true, .row_operands = 1};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    const auto& ints = node.attributes().ints;
    const int axis = static_cast<int>(ints[0]);
    return pad(c, axis, ints[1], node.input(0).shape()[axis] - ints[2]);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const AxisSplit from = split_at(call.input_types[0].shape, static_cast<int>(ints[0]));
      const Extent n = (ints[2] - ints[1]) * from.inner, lo = ints[1] * from.inner;
      if (call.node->type.dtype == DType::mask)
        copy_block(result<std::uint8_t>(call), n, operand<std::uint8_t>(call, 0) + lo,
                   from.extent * from.inner, from.outer, n);
      else
        copy_block(result<T>(call), n, operand<T>(call, 0) + lo, from.extent * from.inner,
                   from.outer, n);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Pad : Primitive {
  std::string_view name() const override { return "pad"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    const auto axis = static_cast<int>(a.ints[0]);
    require_axis(name(), in, axis);
    TensorType type = in[0];
    type.shape[axis] += a.ints[1] + a.ints[2];
    return type;
  }
  Traits traits(Types, const Attributes& a) const override {
    return {.role = Role::move, .multilinear = true, .row_operands = a.ints[0] ? 1u : 0u};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    const auto& ints = node.attributes().ints;
    const int axis = static_cast<int>(ints[0]);
    return slice(c, axis, ints[1], ints[1] + node.input(0).shape()[axis]);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto& ints = call.node->attributes.ints;
      const AxisSplit to = split_at(call.node->shape(), static_cast<int>(ints[0]));
      std::fill_n(result<T>(call), call.node->shape().elements(), T(0));
      const Extent n = call.input_types[0].shape[static_cast<int>(ints[0])] * to.inner;
      copy_block(result<T>(call) + ints[1] * to.inner, to.extent * to.inner, operand<T>(call, 0), n,
                 to.outer, n);
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

struct Stop : Primitive {
  std::string_view name() const override { return "stop"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 1);
    return in[0];
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise, .row_operands = 1};
  }
  Value vjp(const NodeRef&, int, Value) const override { return {}; }
  std::optional<ValueId> simplify(Builder&, std::span<const ValueId> in,
                                  const Attributes&) const override {
    return in[0];
  }
  struct Formula {
    static constexpr int kOperands = 1;
    template <class T>
    static T f(const T* x, const Attributes&) {
      return x[0];
    }
  };
  TileLoop tile() const override { return tile_loop<Formula>(); }
};

Value leaf(Builder& builder, const Primitive& primitive, const TensorType& type, std::int64_t slot,
           double value = 0) {
  Attributes a;
  a.ints[0] = slot;
  a.reals[0] = value;
  encode_type(type, a);
  return {builder, builder(primitive, std::span<const ValueId>(), a)};
}

}  // namespace

const Primitive& input_primitive() {
  static const Leaf primitive("input");
  return primitive;
}
const Primitive& variable_primitive() {
  static const Leaf primitive("variable");
  return primitive;
}
const Primitive& full_primitive() {
  static const Full primitive;
  return primitive;
}
const Primitive& affine_primitive() {
  static const Affine primitive;
  return primitive;
}
const Primitive& add_primitive() {
  static const Add primitive;
  return primitive;
}
const Primitive& concat_primitive() {
  static const Concat primitive;
  return primitive;
}
const Primitive& slice_primitive() {
  static const Slice primitive;
  return primitive;
}
const Primitive& pad_primitive() {
  static const Pad primitive;
  return primitive;
}
const Primitive& stop_primitive() {
  static const Stop primitive;
  return primitive;
}

Value input(Builder& builder, const std::string& name, TensorType type) {
  auto& slots = builder.program().inputs;
  slots.push_back({name, type});
  return leaf(builder, input_primitive(), type, static_cast<std::int64_t>(slots.size() - 1));
}

Value variable(Builder& builder, const std::string& name, TensorType type) {
  auto& slots = builder.program().variables;
  const auto slot = static_cast<std::size_t>(
      std::find_if(slots.begin(), slots.end(), [&](auto& s) { return s.name == name; }) -
      slots.begin());
  if (slot == slots.size()) {
    slots.push_back({name, type});
  } else if (!(slots[slot].type == type)) {
    fail(Fault::usage, "variable {} is declared as {} and as {}", name,
         slots[slot].type.shape.str(), type.shape.str());
  }
  for (ValueId id = 0; id < builder.program().nodes.size(); ++id)  // one node per variable
    if (builder.node(id).primitive == &variable_primitive() &&
        builder.node(id).attributes.ints[0] == static_cast<std::int64_t>(slot))
      return {builder, id};
  return leaf(builder, variable_primitive(), type, static_cast<std::int64_t>(slot));
}

void output(Builder& builder, const std::string& name, Value value) {
  auto& program = builder.program();
  program.outputs.push_back({name, value.type()});
  program.results.push_back({value.id(), static_cast<std::uint32_t>(program.outputs.size() - 1)});
}

void assign(Builder& builder, Value variable, Value value) {
  const auto slot = static_cast<std::uint32_t>(variable.node().attributes.ints[0]);
  const Slot& target = builder.program().variables[slot];
  if (!(value.type() == target.type))
    fail(Fault::usage, "assign {}: the variable has shape {}, the value {}", target.name,
         target.type.shape.str(), value.shape().str());
  for (Output& result : builder.program().results)
    if (result.assign && result.slot == slot) return void(result.value = value.id());
  builder.program().results.push_back({value.id(), slot, true});
}

Value full(Builder& builder, Shape shape, double value) {
  return leaf(builder, full_primitive(), {shape, DType::real}, 0, value);
}
Value full_like(Value like, double value) { return full(like.builder(), like.shape(), value); }
Value affine(Value x, double a, double b) {
  return apply(affine_primitive(), {x}, {.reals = {a, b}});
}
Value add(Value x, Value y) { return apply(add_primitive(), {x, y}); }
Value concat(std::span<const Value> parts, int axis) {
  return apply(concat_primitive(), parts, {.ints = {axis}});
}
Value slice(Value x, int axis, Extent lo, Extent hi) {
  return apply(slice_primitive(), {x}, {.ints = {axis, lo, hi}});
}
Value pad(Value x, int axis, Extent before, Extent after) {
  return apply(pad_primitive(), {x}, {.ints = {axis, before, after}});
}
Value stop(Value x) { return apply(stop_primitive(), {x}); }

std::optional<double> constant_of(const Builder& builder, ValueId id) {
  const Node& node = builder.node(id);
  if (node.primitive != &full_primitive()) return std::nullopt;
  return node.attributes.reals[0];
}

}  // namespace ganflow
