#include "ops/checks.h"

#include "engine/error.h"

namespace ganflow {

void formula_error(const Builder& builder, const std::string& sentence) {
  const std::string& where = builder.origin();
  throw Error(Fault::usage, where.empty() ? sentence : where + ": " + sentence);
}

std::string layer_of(Value variable) {
  const auto slot = static_cast<std::size_t>(variable.node().attributes.ints[0]);
  const std::string& name = variable.builder().program().variables[slot].name;
  return name.substr(0, name.rfind('/'));
}

void require_features(const char* layer, Value x, Value w) {
  if (x.shape().rank() != 2)
    formula_error(
        x.builder(),
        fmt::format("{} ({}): x has {} axes, it must have 2: x {}, w {} [I,O]", layer_of(w), layer,
                    x.shape().rank(), x.shape().str(), w.shape().str()));
  if (x.shape()[1] != w.shape()[0])
    formula_error(
        x.builder(),
        fmt::format("{} ({}): x has {} features, w expects {}: x {} [N,I], w {} [I,O]", layer_of(w),
                    layer, x.shape()[1], w.shape()[0], x.shape().str(), w.shape().str()));
}

void require_equal_shapes(const char* a_name, Value a, const char* b_name, Value b) {
  if (!(a.shape() == b.shape()))
    formula_error(a.builder(), fmt::format("{0} and {1} must have equal shapes: {0} {2}, {1} {3}",
                                           a_name, b_name, a.shape().str(), b.shape().str()));
}

void require_in(Formula& f, const char* option, double value, const Range& range) {
  if (!range.contains(value))
    formula_error(f.builder(), fmt::format("{} is {}, it must be {}", option, value, range.text()));
}

}  // namespace ganflow
