#include "engine/program/primitive.h"

#include "engine/error.h"
#include "engine/program/value.h"

namespace ganflow {

Value Primitive::vjp(const NodeRef&, int, Value) const { return {}; }

Value Primitive::jvp(const NodeRef& node, int input, Value tangent) const {
  const Node& self = node.output().node();
  std::vector<TensorType> types;
  for (int i = 0; i < node.inputs(); ++i) types.push_back(node.input(i).type());
  const Traits traits = self.primitive->traits(types, self.attributes);
  if (traits.role == Role::elementwise) return vjp(node, input, tangent);
  if (!traits.multilinear)
    fail(Fault::usage, "{} has no forward-mode derivative", self.primitive->name());
  std::vector<Value> operands;
  for (int i = 0; i < node.inputs(); ++i) operands.push_back(i == input ? tangent : node.input(i));
  return apply(*self.primitive, operands, self.attributes);
}

std::optional<ValueId> Primitive::simplify(Builder&, std::span<const ValueId>,
                                           const Attributes&) const {
  return std::nullopt;
}

std::optional<ValueId> Primitive::simplify_user(Builder&, const Primitive&,
                                                std::span<const ValueId>, const Attributes&,
                                                int) const {
  return std::nullopt;
}

std::optional<ValueId> Primitive::thin(Builder&, std::span<const ValueId>,
                                       const Attributes&) const {
  return std::nullopt;
}

std::optional<ValueId> Primitive::arranged(Builder&, std::span<const ValueId>, const Attributes&,
                                           ImageOrder) const {
  return std::nullopt;
}

Attributes Primitive::with_rows(const Attributes& a, Extent) const { return a; }

std::optional<Reading> Primitive::reading(const Reading&, Types, const Attributes&) const {
  return std::nullopt;
}

std::optional<ScalarFormula> Primitive::formula() const { return std::nullopt; }

double Primitive::multiply_adds(Types, const Attributes&) const { return 0; }

}  // namespace ganflow
