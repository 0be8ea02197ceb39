// What one lane of a vector computes, as data: scalar formulas written down instead of evaluated,
// so that several become one loop whose values stay in registers (engine/cpu/line_code.h).
//
// A recorded formula is the formula's own text (engine/program/formulas/function.h), run once with
// T = Lane. Products that are only added to something become one operation with it where GCC did so
// in the loop over the same text (-ffp-contract=fast from -O2 on): the bits are those of that loop.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "engine/program/primitive.h"

namespace ganflow::cpu {

// Of 32 bits; comparisons give all ones or all zeros.
enum class LaneOp : std::uint8_t {
  constant,  // the bits `number`
  input,     // access `number` of the line, or operand `number` of a formula
  add,
  sub,
  mul,
  div,
  multiply_add,       // a b + c
  multiply_subtract,  // a b - c
  negated_multiply,   // c - a b
  least,              // a < b ? a : b, as the machine has it: b where one is NaN
  greatest,           // a > b ? a : b
  root,
  floor,
  greater,
  greater_equal,
  equal,
  unequal,
  pick,     // a where c, else b; c is a comparison
  bit_and,  // of the bits, also of a comparison
  bit_or,
  bit_xor,
  but_not,  // b and not a
  whole_add,
  whole_sub,
  shift_left,  // by `number`
  shift_right,
  from_whole,  // the number that the bits are as an integer
};

struct LaneNode {
  LaneOp op;
  std::uint32_t number;
  std::array<int, 3> of;  // earlier nodes; -1: none
  LaneNode(LaneOp what, std::uint32_t n, int a = -1, int b = -1, int c = -1)
      : op(what), number(n), of{a, b, c} {}
  bool operator<(const LaneNode& o) const {
    return std::tie(op, number, of) < std::tie(o.op, o.number, o.of);
  }
};

// Nodes in an order in which they can be computed; equal ones are one.
class LaneGraph {
 public:
  // The node, or a simpler one of the same bits.
  int add(LaneNode node);
  int constant(float value);
  const std::vector<LaneNode>& nodes() const { return nodes_; }
  const LaneNode& operator[](int node) const { return nodes_[static_cast<std::size_t>(node)]; }

 private:
  std::vector<LaneNode> nodes_;
  std::map<LaneNode, int> known_;
};

// A number of a formula in the making: a node, or a constant that no node holds yet.
struct Lane {
  LaneGraph* graph = nullptr;
  int node = -1;
  float value = 0;

  Lane() = default;
  Lane(double constant) : value(static_cast<float>(constant)) {}
  Lane(LaneGraph* in, int id) : graph(in), node(id) {}
  explicit Lane(const struct LaneMask& mask);  // 1 or 0
};
struct LaneMask {
  LaneGraph* graph;
  int node;
};
struct LaneWhole {
  LaneGraph* graph;
  int node;
};

Lane operator+(const Lane& a, const Lane& b);
Lane operator-(const Lane& a, const Lane& b);
Lane operator*(const Lane& a, const Lane& b);
Lane operator/(const Lane& a, const Lane& b);
Lane operator-(const Lane& a);
LaneMask operator>(const Lane& a, const Lane& b);
LaneMask operator<(const Lane& a, const Lane& b);
LaneMask operator>=(const Lane& a, const Lane& b);
LaneMask operator==(const Lane& a, const Lane& b);
LaneMask operator!=(const Lane& a, const Lane& b);
Lane pick(const LaneMask& which, const Lane& a, const Lane& b);
Lane sqrt_of(const Lane& x);
Lane abs_of(const Lane& x);
Lane floor_of(const Lane& x);
Lane copysign_of(const Lane& x, const Lane& sign);
LaneWhole bits_of(const Lane& x);
Lane with_bits(const LaneWhole& x);
Lane number_of(const LaneWhole& x);
LaneWhole operator+(const LaneWhole& a, int b);
LaneWhole operator-(const LaneWhole& a, int b);
LaneWhole operator-(const LaneWhole& a, const LaneWhole& b);
LaneWhole operator<<(const LaneWhole& a, int bits);
LaneWhole operator>>(const LaneWhole& a, int bits);

// As recorded<F>() makes it (engine/cpu/loops.h).
struct RecordedFormula {
  Lane (*write)(const Lane* x, const Attributes& a) = nullptr;
  bool contracted = false;  // in the loop: products that are only added to something, with the sum
};

// The formula of the nodes `x`, put into `graph`; the node of its result.
int record(LaneGraph& graph, const RecordedFormula& formula, const std::vector<int>& x,
           const Attributes& a);

}  // namespace ganflow::cpu
