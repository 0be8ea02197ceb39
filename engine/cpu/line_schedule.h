// In which order a line computes, and where every number is meanwhile.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/cpu/line.h"

namespace ganflow::cpu {

// Where an operand is when it is needed.
struct LaneValue {
  enum class At : std::uint8_t { lane_register, slot, constant, memory } at = At::lane_register;
  int index = 0;           // register, slot of the stack, access
  std::uint32_t bits = 0;  // of a constant
};

struct LineStep {
  int node = -1, effect = -1;  // one of them
  std::array<LaneValue, 3> operands;
  int target = -1;  // the register of the node
  // Of a product with an addition: the operand in whose place the result comes. It is lost then.
  int over = 0;
  std::vector<std::pair<int, int>> spilled;  // before it: registers, and the slots they go to
};

struct LineSchedule {
  std::vector<LineStep> steps;
  int slots = 0;  // of a vector each
};

// What leads to an effect, in the order of the nodes. Effects come when their node is known, but
// those on streams after everything is read: what they write may be what was read. Constants, and
// what is read once or is one number for the whole row, lie in memory until they are needed. If
// registers run short, the one whose value is needed last goes to the stack.
LineSchedule schedule_line(const LinePlan& plan, int registers);

}  // namespace ganflow::cpu
