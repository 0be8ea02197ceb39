#include "ops/metrics/parameters.h"

#include <algorithm>

#include "ops/checks.h"

namespace ganflow {

std::vector<NamedParameter> parameters_of(Formula& f, const Network& network) {
  const std::string prefix = network.name() + "/";
  std::vector<NamedParameter> all;
  for (const VariableInfo& v : f.variables(prefix)) {
    if (v.keep != Keep::parameter) continue;
    std::string name = v.name.substr(prefix.size());
    const Formula::Scope scope(f, prefix);
    const Value value = f.variable(name, v.shape, v.keep, v.initializer);
    std::replace(name.begin(), name.end(), '/', '.');
    all.push_back({name, value});
  }
  if (all.empty())
    formula_error(f.builder(), fmt::format("network '{}' has no parameters yet: add the node after "
                                           "the first forward of it",
                                           network.name()));
  return all;
}

}  // namespace ganflow
