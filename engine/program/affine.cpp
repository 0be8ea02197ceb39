#include "engine/program/affine.h"

#include "engine/program/authoring.h"
#include "engine/program/formulas/linear.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

constexpr std::string_view kHeader = "engine/program/formulas/linear.h";

struct Affine : Primitive {
  std::string_view name() const override { return "affine"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 1);
    require_dtype(name(), in, 0, DType::real);
    return in[0];
  }
  Traits traits(Types, const Attributes& a) const override {
    return {.role = Role::elementwise,
            .row_operands = 1,
            .weights = {a.reals[1] == 0 ? a.reals[0] : 0, 0}};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return affine(c, node.attributes().reals[0], 0);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const auto [scale, offset] = a.reals;
    if (scale == 1 && offset == 0) return in[0];
    if (scale == 0) return full_like(Value(builder, in[0]), offset).id();
    const AffineOf inner = affine_of(builder, in[0]);
    if (inner.base == in[0]) return std::nullopt;
    return affine(Value(builder, inner.base), scale * inner.scale, scale * inner.offset + offset)
        .id();
  }
  std::optional<ScalarFormula> formula() const override {
    return scalar_formula<formulas::Affine>(kHeader);
  }
};

struct Add : Primitive {
  std::string_view name() const override { return "add"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 2);
    require_equal_shapes(name(), in);
    require_dtype(name(), in, 0, DType::real);
    require_dtype(name(), in, 1, DType::real);
    return in[0];
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise, .commutative = true, .row_operands = 3, .weights = {1, 1}};
  }
  Value vjp(const NodeRef&, int, Value c) const override { return c; }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    for (int i = 0; i < 2; ++i)
      if (auto c = constant_of(builder, in[i]))
        return affine(Value(builder, in[1 - i]), 1, *c).id();
    const AffineOf x = affine_of(builder, in[0]), y = affine_of(builder, in[1]);
    if (x.base != y.base) return std::nullopt;
    return affine(Value(builder, x.base), x.scale + y.scale, x.offset + y.offset).id();
  }
  std::optional<ScalarFormula> formula() const override {
    return scalar_formula<formulas::Add>(kHeader);
  }
};

}  // namespace

const Primitive& affine_primitive() {
  static const Affine primitive;
  return primitive;
}
const Primitive& add_primitive() {
  static const Add primitive;
  return primitive;
}

Value affine(Value x, double a, double b) {
  return apply(affine_primitive(), {x}, {.reals = {a, b}});
}
Value add(Value x, Value y) { return apply(add_primitive(), {x, y}); }

AffineOf affine_of(const Builder& builder, ValueId id) {
  const Node& node = builder.node(id);
  if (node.primitive != &affine_primitive()) return {id, 1, 0};
  return {node.inputs[0], node.attributes.reals[0], node.attributes.reals[1]};
}

}  // namespace ganflow
