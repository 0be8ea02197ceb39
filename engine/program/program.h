// A program: a static, straight-line list of primitives over values of known shape.
//
// Node order is execution order. Leaves named by slot (input, variable) are bound when the program
// runs; outputs are written to slots, or assigned to variables at the end of the step.
#pragma once

#include <string>
#include <vector>

#include "engine/program/primitive.h"

namespace ganflow {

struct Node {
  const Primitive* primitive = nullptr;
  Attributes attributes;
  TensorType type;
  std::vector<ValueId> inputs;
  std::uint32_t origin = 0;  // index into Program::origins: the operator whose formula made it

  const Shape& shape() const { return type.shape; }
};

// A slot of the world outside: data, scalar inputs (shape ()), variables, outputs.
struct Slot {
  std::string name;
  TensorType type;
};

struct Output {
  ValueId value = 0;
  std::uint32_t slot = 0;
  bool assign = false;  // slot is a variable, written when the step ends; else an output slot
};

struct Program {
  std::vector<Node> nodes;
  std::vector<Slot> inputs;
  std::vector<Slot> variables;
  std::vector<Slot> outputs;
  std::vector<Output> results;
  std::vector<std::string> origins{""};

  // One line a node: "%12 = matmul(%3, %4) (64,784)  [D/0]", for --plan, tests and errors.
  std::string str() const;
  // Equal for equal programs (names of slots included): key of the compile cache.
  std::uint64_t hash() const;
  // By node: it leads to a result.
  std::vector<bool> live() const;
  Program without_nodes() const;  // its slots, origins and results alone
  // ids of the nodes that use each node, in order.
  std::vector<std::vector<ValueId>> users() const;
};

// The nodes that lead to a result, in order; everything else dropped. Slots are kept.
Program without_dead_code(const Program& program);

// The types of a node's operands, in order.
std::vector<TensorType> input_types(const Program& program, const Node& node);
Traits traits_of(const Program& program, const Node& node);

}  // namespace ganflow
