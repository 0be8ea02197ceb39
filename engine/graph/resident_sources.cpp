#include "engine/graph/resident_sources.h"

namespace ganflow {

ResidentSources::ResidentSources(const Graph::Impl& graph, std::size_t bytes) {
  for (const GraphNode& node : graph.nodes) {
    const Source* source = node.source.get();
    if (bytes == 0 || source == nullptr || !source->has_items() || of(source)) continue;
    std::optional<Resident> resident = source->resident();
    if (!resident) continue;
    std::size_t all = 0;
    for (const Resident::Table& table : resident->tables) all += table.bytes.size();
    if (all > bytes) continue;
    bytes -= all;
    const int first = static_cast<int>(tables_.size());
    for (const Resident::Table& table : resident->tables) tables_.push_back({node.source, table});
    kept_[source] = {std::move(*resident), first};
  }
}

const Resident* ResidentSources::of(const Source* source) const {
  const auto found = kept_.find(source);
  return found == kept_.end() ? nullptr : &found->second.resident;
}

}  // namespace ganflow
