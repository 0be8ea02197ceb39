#include "engine/program/leaves.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/authoring.h"
#include "engine/program/formulas/linear.h"

namespace ganflow {
namespace {

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
  Traits traits(Types, const Attributes& a) const override {
    return {.role = Role::leaf, .equal_rows = decode_type(a).shape.rank() > 0};
  }
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
  std::optional<ScalarFormula> formula() const override {
    return scalar_formula<formulas::Identity>("engine/program/formulas/linear.h");
  }
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
Value stop(Value x) { return apply(stop_primitive(), {x}); }

std::optional<double> constant_of(const Builder& builder, ValueId id) {
  const Node& node = builder.node(id);
  if (node.primitive != &full_primitive()) return std::nullopt;
  return node.attributes.reals[0];
}

}  // namespace ganflow
