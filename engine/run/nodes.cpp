#include "engine/run/nodes.h"

#include <algorithm>

#include "engine/graph/lowered_tables.h"

namespace ganflow {
namespace {

bool same_stages(const LoweredTrip& a, const LoweredTrip& b) {
  return a.name == b.name &&
         std::ranges::equal(a.stages, b.stages, [](const LoweredStage& x, const LoweredStage& y) {
           return x.name == y.name && x.timing == y.timing && x.after == y.after;
         });
}

bool same_shape(const LoweredReplica& a, const LoweredReplica& b) {
  return std::ranges::equal(a.trips, b.trips, same_stages) &&
         std::ranges::equal(a.evaluations, b.evaluations, {}, &LoweredEvaluation::name,
                            &LoweredEvaluation::name);
}

}  // namespace

Nodes nodes_of(const std::deque<Replica>& replicas) {
  Nodes nodes;
  for (std::size_t r = 0; r < replicas.size(); ++r) {
    const LoweredReplica& replica = replicas[r].lowered();
    const auto found = std::ranges::find_if(nodes.shapes, [&](const Nodes::Shape& shape) {
      return same_shape(replicas[shape.replica].lowered(), replica);
    });
    nodes.shape_of.push_back(static_cast<std::size_t>(found - nodes.shapes.begin()));
    if (found != nodes.shapes.end()) continue;
    const int first = static_cast<int>(nodes.names.size());
    int stages = 0;
    for (const LoweredTrip& trip : replica.trips) stages += static_cast<int>(trip.stages.size());
    const std::vector<std::string> names = node_names(replica);
    nodes.names.insert(nodes.names.end(), names.begin(), names.end());
    nodes.shapes.push_back({r, first, first + stages, static_cast<int>(nodes.names.size()) - 1});
  }
  return nodes;
}

}  // namespace ganflow
