#include "engine/cpu/lanes.h"

#include <bit>
#include <utility>

namespace ganflow::cpu {
namespace {

constexpr std::uint32_t kOne = 0x3f800000, kSign = 0x80000000;

bool is_constant(const LaneNode& node, std::uint32_t bits) {
  return node.op == LaneOp::constant && node.number == bits;
}

int node_of(LaneGraph& graph, const Lane& x) { return x.graph ? x.node : graph.constant(x.value); }

Lane joined(LaneOp op, const Lane& a, const Lane& b) {
  LaneGraph* graph = a.graph ? a.graph : b.graph;
  const int left = node_of(*graph, a);
  return {graph, graph->add({op, 0, left, node_of(*graph, b)})};
}

LaneMask compared(LaneOp op, const Lane& a, const Lane& b) {
  const Lane result = joined(op, a, b);
  return {result.graph, result.node};
}

int bits(LaneGraph* graph, std::uint32_t number) { return graph->add({LaneOp::constant, number}); }
Lane with_constant(LaneOp op, const Lane& x, std::uint32_t number) {
  return {x.graph, x.graph->add({op, 0, x.node, bits(x.graph, number)})};
}
LaneWhole with_whole(LaneOp op, const LaneWhole& x, int number) {
  return {x.graph,
          x.graph->add({op, 0, x.node, bits(x.graph, static_cast<std::uint32_t>(number))})};
}
LaneWhole shifted(LaneOp op, const LaneWhole& x, int by) {
  return {x.graph, x.graph->add({op, static_cast<std::uint32_t>(by), x.node})};
}

// Which products of a formula vanish in a sum: those that are only added to something. In the order
// of the text, and the first one where both sides of a sum are products.
std::vector<LaneNode> contracted(const std::vector<LaneNode>& nodes, int result) {
  std::vector<LaneNode> made = nodes;
  for (std::size_t product = 0; product < made.size(); ++product) {
    const int id = static_cast<int>(product);
    if (made[product].op != LaneOp::mul || id == result) continue;
    bool only_added = true;
    std::vector<std::size_t> users;
    for (std::size_t user = product + 1; user < made.size(); ++user) {
      const auto& [op, number, of] = made[user];
      const int times = (of[0] == id) + (of[1] == id) + (of[2] == id);
      if (!times) continue;
      only_added = only_added && times == 1 && (op == LaneOp::add || op == LaneOp::sub);
      users.push_back(user);
    }
    if (!only_added) continue;
    const auto [x, y, none] = made[product].of;
    for (const std::size_t user : users) {
      LaneNode& node = made[user];
      const bool left = node.of[0] == id;
      const LaneOp op = node.op == LaneOp::add ? LaneOp::multiply_add
                        : left                 ? LaneOp::multiply_subtract
                                               : LaneOp::negated_multiply;
      node = {op, 0, x, y, node.of[left ? 1 : 0]};
    }
  }
  return made;
}

}  // namespace

int LaneGraph::constant(float value) {
  return add({LaneOp::constant, std::bit_cast<std::uint32_t>(value)});
}

int LaneGraph::add(LaneNode node) {
  const auto of = [&](int i) -> const LaneNode& { return (*this)[node.of[i]]; };
  // 1 a + c: one rounding either way. (a b + 0 stays: it makes -0 a 0.)
  if (node.op == LaneOp::multiply_add && is_constant(of(0), kOne))
    node = {LaneOp::add, 0, node.of[1], node.of[2]};
  if (node.op == LaneOp::mul && is_constant(of(0), kOne)) return node.of[1];
  // A mask as a number, asked for what it was made from.
  if (node.op == LaneOp::unequal && is_constant(of(1), 0) && of(0).op == LaneOp::bit_and &&
      is_constant((*this)[of(0).of[1]], kOne))
    return of(0).of[0];
  if (node.op == LaneOp::pick && of(2).op == LaneOp::greater) {
    const auto [more, less, none] = of(2).of;
    if (node.of[0] == less && node.of[1] == more) node = {LaneOp::least, 0, less, more};
    if (node.of[0] == more && node.of[1] == less) node = {LaneOp::greatest, 0, more, less};
  }
  if (node.op == LaneOp::pick && is_constant(of(1), 0))
    node = {LaneOp::bit_and, 0, node.of[2], node.of[0]};
  else if (node.op == LaneOp::pick && is_constant(of(0), 0))
    node = {LaneOp::but_not, 0, node.of[2], node.of[1]};
  const auto [found, fresh] = known_.emplace(node, static_cast<int>(nodes_.size()));
  if (fresh) nodes_.push_back(node);
  return found->second;
}

Lane::Lane(const LaneMask& mask) { *this = pick(mask, Lane(1), Lane(0)); }

Lane operator+(const Lane& a, const Lane& b) {
  return a.graph || b.graph ? joined(LaneOp::add, a, b) : Lane(a.value + b.value);
}
Lane operator-(const Lane& a, const Lane& b) {
  return a.graph || b.graph ? joined(LaneOp::sub, a, b) : Lane(a.value - b.value);
}
Lane operator*(const Lane& a, const Lane& b) {
  return a.graph || b.graph ? joined(LaneOp::mul, a, b) : Lane(a.value * b.value);
}
Lane operator/(const Lane& a, const Lane& b) {
  return a.graph || b.graph ? joined(LaneOp::div, a, b) : Lane(a.value / b.value);
}
Lane operator-(const Lane& a) {
  return a.graph ? with_constant(LaneOp::bit_xor, a, kSign) : Lane(-a.value);
}
LaneMask operator>(const Lane& a, const Lane& b) { return compared(LaneOp::greater, a, b); }
LaneMask operator<(const Lane& a, const Lane& b) { return compared(LaneOp::greater, b, a); }
LaneMask operator>=(const Lane& a, const Lane& b) { return compared(LaneOp::greater_equal, a, b); }
LaneMask operator==(const Lane& a, const Lane& b) { return compared(LaneOp::equal, a, b); }
LaneMask operator!=(const Lane& a, const Lane& b) { return compared(LaneOp::unequal, a, b); }
Lane pick(const LaneMask& which, const Lane& a, const Lane& b) {
  LaneGraph& graph = *which.graph;
  const int yes = node_of(graph, a), no = node_of(graph, b);
  return {&graph, graph.add({LaneOp::pick, 0, yes, no, which.node})};
}
Lane sqrt_of(const Lane& x) { return {x.graph, x.graph->add({LaneOp::root, 0, x.node})}; }
Lane floor_of(const Lane& x) { return {x.graph, x.graph->add({LaneOp::floor, 0, x.node})}; }
Lane abs_of(const Lane& x) { return with_constant(LaneOp::bit_and, x, ~kSign); }
Lane copysign_of(const Lane& x, const Lane& sign) {
  return joined(LaneOp::bit_or, abs_of(x), with_constant(LaneOp::bit_and, sign, kSign));
}
LaneWhole bits_of(const Lane& x) { return {x.graph, x.node}; }
Lane with_bits(const LaneWhole& x) { return {x.graph, x.node}; }
Lane number_of(const LaneWhole& x) {
  return {x.graph, x.graph->add({LaneOp::from_whole, 0, x.node})};
}
LaneWhole operator+(const LaneWhole& a, int b) { return with_whole(LaneOp::whole_add, a, b); }
LaneWhole operator-(const LaneWhole& a, int b) { return with_whole(LaneOp::whole_sub, a, b); }
LaneWhole operator-(const LaneWhole& a, const LaneWhole& b) {
  return {a.graph, a.graph->add({LaneOp::whole_sub, 0, a.node, b.node})};
}
LaneWhole operator<<(const LaneWhole& a, int by) { return shifted(LaneOp::shift_left, a, by); }
LaneWhole operator>>(const LaneWhole& a, int by) { return shifted(LaneOp::shift_right, a, by); }

int record(LaneGraph& graph, const RecordedFormula& formula, const std::vector<int>& x,
           const Attributes& a) {
  LaneGraph alone;
  std::vector<Lane> operands;
  for (std::size_t i = 0; i < x.size(); ++i)
    operands.emplace_back(&alone, alone.add({LaneOp::input, static_cast<std::uint32_t>(i)}));
  const int result = node_of(alone, formula.write(operands.data(), a));
  const std::vector<LaneNode> nodes =
      formula.contracted ? contracted(alone.nodes(), result) : alone.nodes();
  std::vector<int> at;
  for (LaneNode node : nodes) {
    if (node.op == LaneOp::input) {
      at.push_back(x[node.number]);
      continue;
    }
    for (int& of : node.of)
      if (of >= 0) of = at[static_cast<std::size_t>(of)];
    at.push_back(graph.add(node));
  }
  return at[static_cast<std::size_t>(result)];
}

}  // namespace ganflow::cpu
