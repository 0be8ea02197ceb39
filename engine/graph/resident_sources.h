// Which sources of a graph a device keeps, and their tables.
#pragma once

#include <map>

#include "engine/graph/graph_impl.h"

namespace ganflow {

class ResidentSources {
 public:
  // In the graph's order, as long as all tables together have at most so many bytes.
  ResidentSources(const Graph::Impl& graph, std::size_t bytes);

  bool any() const { return !tables_.empty(); }
  // Null: the source is not kept, or the node is none.
  const Resident* of(const Source* source) const;
  // Of its first table among tables().
  int first_table(const Source* source) const { return kept_.at(source).first_table; }
  const std::vector<LoweredResident>& tables() const { return tables_; }

 private:
  struct Kept {
    Resident resident;
    int first_table = 0;
  };
  std::map<const Source*, Kept> kept_;
  std::vector<LoweredResident> tables_;
};

}  // namespace ganflow
