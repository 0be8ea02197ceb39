// Players that are a number or two, seen at every step.
#pragma once

#include <functional>
#include <string>

#include "engine/graph/graph.h"

namespace ganflow {

// A parameter () of its own that starts there.
Value number(Formula& f, const std::string& name, double start);

// A column of what `value` makes of a network's numbers, in order, as the step begins.
using SeenNumbers = std::function<Value(const std::vector<Value>& numbers)>;
void tap_numbers(Graph& graph, Phase phase, const std::string& column, const Network& network,
                 const SeenNumbers& value, const std::string& description);
// The i-th of them.
SeenNumbers number_at(std::size_t i);

}  // namespace ganflow
