#include "ops/metrics/gradient_norms.h"

#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/metrics/parameters.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value GradientNorms::operator()(Formula& f, Value objective) const {
  const std::vector<NamedParameter> parameters = parameters_of(f, network);
  std::vector<Value> leaves;
  for (const NamedParameter& p : parameters) leaves.push_back(p.value);
  const std::vector<Value> slopes = gradient(objective, leaves);
  Value all = full(f.builder(), {}, 0);
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const Value squared = sum(square(slopes[i]));
    f.tap(parameters[i].name, sqrt(squared), {.description = "|gradient| by this parameter"});
    all = all + squared;
  }
  return sqrt(all);
}

}  // namespace ganflow
