#include "engine/graph/port.h"

#include <fmt/ranges.h>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"

namespace ganflow {

Shape Port::shape() const { return graph_->impl().value(*this).shape(); }
const std::string& Port::name() const { return graph_->impl().nodes[node_].name; }
std::shared_ptr<const Source> Port::source() const { return graph_->impl().nodes[node_].source; }

int Port::find_output(const std::string& name) const {
  const std::vector<PortSpec>& specs = graph_->impl().nodes[node_].specs;
  for (std::size_t i = 1; i < specs.size(); ++i)
    if (specs[i].name == name) return static_cast<int>(i);
  return -1;
}

bool Port::has_output(const std::string& name) const { return find_output(name) >= 0; }

Port Port::output(const std::string& name) const {
  const int index = find_output(name);
  if (index < 0) {
    const GraphNode& node = graph_->impl().nodes[node_];
    std::vector<std::string> names;
    for (std::size_t i = 1; i < node.specs.size(); ++i) names.push_back(node.specs[i].name);
    fail(Fault::usage, "{}: it has no output '{}', {}", node.label(), name,
         names.empty() ? "its main output is the only one"
                       : fmt::format("beside its main output there is {}", fmt::join(names, ", ")));
  }
  return {*graph_, node_, index};
}

Extent Port::classes() const {
  const std::vector<PortSpec>& specs = graph_->impl().nodes[node_].specs;
  return specs.empty() ? 0 : specs[static_cast<std::size_t>(index_)].classes;
}

}  // namespace ganflow
