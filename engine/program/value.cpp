#include "engine/program/value.h"

#include "engine/error.h"

namespace ganflow {

Value apply(const Primitive& primitive, std::span<const Value> inputs,
            const Attributes& attributes) {
  std::vector<ValueId> ids;
  for (const Value& v : inputs) {
    if (!v) fail(Fault::usage, "{}: an operand is absent", primitive.name());
    if (&v.builder() != &inputs[0].builder())
      fail(Fault::usage, "{}: operands belong to different programs", primitive.name());
    ids.push_back(v.id());
  }
  return {inputs[0].builder(), inputs[0].builder()(primitive, ids, attributes)};
}

Value apply(const Primitive& primitive, std::initializer_list<Value> inputs,
            const Attributes& attributes) {
  return apply(primitive, std::span<const Value>(inputs.begin(), inputs.size()), attributes);
}

}  // namespace ganflow
