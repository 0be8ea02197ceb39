// A phase of a graph: what is minimized, how often in a macro-iteration.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"
#include "engine/graph/port.h"

namespace ganflow {

// Occurrences of a phase in macro-iteration `macro`, at least 0: a number, or a function (adaptive
// n_critic), of which one may say what it is at most. Fewer, and more than that, throw
// Error(usage), those of a function when it is read.
class Count {
 public:
  Count(int n);  // NOLINT: implicit on purpose
  Count(std::string text, std::function<int(std::uint64_t macro)> at,
        std::optional<int> most = std::nullopt);
  const std::function<int(std::uint64_t)>& at() const { return at_; }
  const std::string& text() const { return text_; }
  // The number, of counts that are one.
  const std::optional<int>& fixed() const { return fixed_; }
  const std::optional<int>& most() const { return most_; }

 private:
  std::string text_;
  std::optional<int> fixed_, most_;
  std::function<int(std::uint64_t)> at_;
};

class Phase {
 public:
  Phase(Graph& graph, int index) : graph_(&graph), index_(index) {}

  // Differentiates `objective` (a scalar port) by the parameters of the networks, back through the
  // formulas it was made of, and updates them. The objective and its terms are tapped: columns
  // "objective" and the names of the terms.
  //
  // Several calls make one simultaneous step: each gradient is of the Variables as the step began,
  // and every update takes effect at its end. Columns are then "critic_step.objective",
  // "critic_step.loss", ... of each.
  //
  // Throws Error(usage): the name is taken or no name, the port is of another graph or more than
  // one number, the objective depends on none of the networks, another minimize() of the phase
  // moves one of them already.
  Phase& minimize(const std::string& name, Port objective, const std::vector<Network>& networks,
                  Optimizer optimizer);
  Phase& minimize(const std::string& name, Port objective, const Network& network,
                  Optimizer optimizer) {
    return minimize(name, objective, std::vector<Network>{network}, std::move(optimizer));
  }
  // Also runs the formula of `port` at every occurrence, for the state it assigns: a running
  // average of a network, a memory of past samples. Throws Error(usage) for a port of another
  // graph.
  Phase& also(Port port);

 private:
  Graph* graph_;
  int index_;
};

}  // namespace ganflow
