// The tables a lowered replica writes, made when it is lowered.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow {

// Names of what is measured and traced: the stages of all phases in order, "schedule", the
// evaluations, "writer". A name that occurs twice gets its phase in front.
std::vector<std::string> node_names(const LoweredReplica& replica);

// Fills LoweredReplica::tables, from its phases and evaluations, and LoweredEvaluation::table.
void make_tables(LoweredReplica& replica);

}  // namespace ganflow
