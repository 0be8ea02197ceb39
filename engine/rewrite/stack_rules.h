// The three rules of stack(), each applied until it finds nothing more. True if one fired.
#pragma once

#include "engine/rewrite/stack.h"
#include "engine/rewrite/stack_graph.h"

namespace ganflow {

bool stack_products(StackGraph& graph, const StackOptions& options);
bool stack_sums(StackGraph& graph);
bool push_through_concat(StackGraph& graph);

}  // namespace ganflow
