// The nodes that replicas run through. Replicas of equal stages share theirs; those of other
// stages, of other options or of another graph, have nodes of their own in the same flow graph.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/run/replica.h"

namespace ganflow {

struct Nodes {
  struct Shape {
    std::size_t replica = 0;  // one that has it
    int first = 0;     // its nodes among `names`: as node_names() of that replica orders them
    int schedule = 0;  // the node behind its stages; its evaluations follow
    int writer = 0;    // the last
  };
  std::vector<Shape> shapes;
  std::vector<std::size_t> shape_of;  // by replica
  std::vector<std::string> names;

  const Shape& of(int replica) const { return shapes[shape_of[static_cast<std::size_t>(replica)]]; }
};

Nodes nodes_of(const std::deque<Replica>& replicas);

}  // namespace ganflow
