// What a graph refuses, in the user's words. All throw Error(usage).
#pragma once

#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

// Names become parts of paths, of tables and of other names: not empty, no '/', no control
// characters, neither '.' nor '..'. "graph g: a phase is named 'a/b': ..."
void require_name(const std::string& graph, const std::string& kind, const std::string& name);

// "tap t: it is no port of graph g"
void require_port(const Graph& graph, const std::string& who, const Port& port);

// Rows to draw samples from: a port (N,...), N the batch.
void require_rows(const Graph& graph, const std::string& who, const Port& port);

// A name of a phase, an evaluation or samples that nothing of what a run leaves has yet.
void require_free_name(const Graph::Impl& graph, const std::string& kind, const std::string& name);

// As many ports as the metric measures: samples, and what it names beside them.
void require_ports(const std::string& who, const Metric& metric, std::size_t ports);

// A metric that measures rows of this shape: "quality (ModeCoverage): a generated sample (784) has
// 784 elements, it measures samples of 2".
void require_measurable(const std::string& who, const Metric& metric, const Shape& row);

// What can be said only of the whole graph: Graph::check().
void check_graph(const Graph::Impl& graph);

}  // namespace ganflow
