#include "ops/techniques/historical_average.h"

#include <fmt/format.h>

#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value HistoricalAverage::operator()(Formula& f) const {
  const std::string prefix = network.name() + "/";
  const auto state = [&](const std::string& name, const Shape& shape) {
    const Formula::Scope scope(f, f.node() + "/");
    return f.variable(name, shape, Keep::state, init::constant(0));
  };
  const auto parameter = [&](const VariableInfo& v) {
    const Formula::Scope scope(f, prefix);
    return f.variable(v.name.substr(prefix.size()), v.shape, v.keep, v.initializer);
  };
  const Value steps = state("steps", {});
  const Value t = steps + 1.0;
  f.assign(steps, t);
  Value total;
  for (const VariableInfo& v : f.variables(prefix)) {
    if (v.keep != Keep::parameter) continue;
    const Value theta = parameter(v);
    const Value past = state(v.name + "/mean", v.shape);
    const Value mean = past + (theta - past) * recip(t);
    f.assign(past, mean);
    const Value term = sum(square(theta - stop(mean)));
    total = total ? total + term : term;
  }
  if (!total)
    formula_error(f.builder(), fmt::format("network '{}' has no parameters yet: add the node after "
                                           "the first forward of it",
                                           network.name()));
  return f.scalar("weight", weight, at_least(0), "weight of the distance to past parameters") *
         total;
}

}  // namespace ganflow
