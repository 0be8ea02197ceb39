// The rules themselves live in the primitives (Primitive::simplify) and fire while a simplifying
// Builder takes the program in, node by node; equal operations on equal operands become one node.
// One sweep lets a rule see operands that are already simplified, but not its users: sweeps repeat
// until nothing changes.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

// Dead code, stop erasure, local rules and common subexpressions, to a fixed point. Keeps the slots
// (inputs, variables, outputs) and the order of results. Only after the last gradient(). Throws
// std::logic_error when two rules undo each other.
Program simplify(const Program& program);

}  // namespace ganflow
