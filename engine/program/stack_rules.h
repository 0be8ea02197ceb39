// The three rules of stack(), each applied until it finds nothing more. True if one fired.
#pragma once

#include "engine/program/rewrite.h"
#include "engine/program/stack_graph.h"

namespace ganflow {

bool stack_products(StackGraph& graph, const RewriteOptions& options);
bool stack_sums(StackGraph& graph);
bool push_through_concat(StackGraph& graph);

}  // namespace ganflow
