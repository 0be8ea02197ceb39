// Graphs and presets by name, composed, lowered and trained for a few steps.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/lower.h"
#include "graphs/named_graph.h"
#include "support/toy_flow.h"

namespace ganflow::test {

using Values = std::map<std::string, std::string>;

NamedGraph named(const std::string& name);

// Small networks for graphs of fully connected ones, and for those of images, which are CIFAR-10's
// and not measured.
GraphSettings small_dense(Values values);
GraphSettings small_images(Values values);

// Composed and checked.
std::unique_ptr<Graph> composed(const std::string& name, GraphSettings settings = {});
LoweredReplica lowered(const std::string& name, GraphSettings settings = {});
inline LoweredReplica lowered(const std::string& name, const Values& values) {
  return lowered(name, GraphSettings{.values = values});
}

// What a run of a few steps leaves.
struct ShortRun {
  // Column c of the tables of all phases, one after the other; column 1 is the objective.
  std::vector<float> column(int c = 1) const;
  // By table and name.
  std::vector<float> column(const std::string& table, const std::string& name) const;
  const std::vector<float>& variable(const std::string& name) const;  // at the end

  std::vector<LoweredReplica> replicas;
  MemorySink sink;
};
ShortRun short_run(const std::string& name, const GraphSettings& settings, Step steps = 4);

// First value of a Variable of that name, seed 1.
std::vector<double> initial_value(const LoweredReplica& replica, const std::string& name);

}  // namespace ganflow::test
