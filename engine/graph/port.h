// An output of a node of a graph: what add() returns and further operators take.
#pragma once

#include <memory>
#include <string>

#include "engine/graph/host.h"

namespace ganflow {

class Graph;

// A handle, cheap to copy, valid as long as its Graph. What add() returns is the node's main
// output.
class Port {
 public:
  Port() = default;  // no port: graphs refuse it
  Port(Graph& graph, int node, int index = 0) : graph_(&graph), node_(node), index_(index) {}
  bool of(const Graph& graph) const { return graph_ == &graph && node_ >= 0; }
  Graph& graph() const { return *graph_; }
  int node() const { return node_; }
  int index() const { return index_; }  // among the outputs of the node; 0 is the main one
  Shape shape() const;
  const std::string& name() const;               // of the node
  std::shared_ptr<const Source> source() const;  // what was opened for it; null for a formula

  // Another output of the same node: image.output("label"). An output that no port reads is never
  // computed. Throws Error(usage) listing the outputs there are.
  Port output(const std::string& name) const;
  bool has_output(const std::string& name) const;
  Extent classes() const;  // K of labels 0 .. K-1; 0: no labels

 private:
  int find_output(const std::string& name) const;  // -1: none

  Graph* graph_ = nullptr;
  int node_ = -1, index_ = 0;
};

}  // namespace ganflow
