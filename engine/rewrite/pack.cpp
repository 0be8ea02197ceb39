#include "engine/rewrite/pack.h"

#include <algorithm>
#include <deque>
#include <set>
#include <tuple>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

bool is_row_operand(const Traits& traits, std::size_t i) {
  return has_operand(traits.row_operands, i);
}

bool equal_rows(const TensorType& a, const TensorType& b) {
  return a.dtype == b.dtype && a.shape.rank() == b.shape.rank() && a.shape.rank() > 0 &&
         a.shape.with_rows(1) == b.shape.with_rows(1);
}

}  // namespace

bool Packer::same_signature(ValueId a, ValueId b) const {
  const Node &x = graph_.node(a), &y = graph_.node(b);
  const Traits &s = graph_.traits(a), &t = graph_.traits(b);
  if (x.primitive != y.primitive || x.inputs.size() != y.inputs.size()) return false;
  if (s.row_operands != t.row_operands || !equal_rows(x.type, y.type)) return false;
  if (!(x.primitive->with_rows(x.attributes, 1) == y.primitive->with_rows(y.attributes, 1)))
    return false;
  for (std::size_t i = 0; i < x.inputs.size(); ++i) {
    if (is_row_operand(s, i)
            ? !equal_rows(graph_.node(x.inputs[i]).type, graph_.node(y.inputs[i]).type)
            : x.inputs[i] != y.inputs[i])
      return false;
  }
  return true;
}

Packer::Block Packer::block(ValueId id) const {
  const Node& node = graph_.node(id);
  if (node.primitive == &slice_primitive() && node.attributes.ints[0] == 0)
    return {node.inputs[0], node.attributes.ints[1], node.attributes.ints[2]};
  return {id, 0, node.shape().rows()};
}

bool Packer::adjacent(ValueId a, ValueId b) const {
  const Block x = block(a), y = block(b);
  return x.base == y.base && x.hi == y.lo;
}

bool Packer::constant(ValueId id) const {
  const Node& node = graph_.node(id);
  if (node.primitive == &full_primitive()) return true;
  return node.primitive == &concat_primitive() &&
         std::all_of(node.inputs.begin(), node.inputs.end(),
                     [this](ValueId i) { return constant(i); });
}

bool Packer::repeated(std::span<const ValueId> parts) const {
  return graph_.traits(parts[0]).equal_rows &&
         std::all_of(parts.begin(), parts.end(),
                     [&](ValueId id) { return same_signature(parts[0], id); });
}

bool Packer::rooted(ValueId id) const {
  for (;;) {
    const Node& node = graph_.node(id);
    if (node.primitive == &variable_primitive()) return true;
    const Role role = graph_.traits(id).role;
    if (node.inputs.size() != 1 || (role != Role::view && role != Role::move)) return false;
    id = node.inputs[0];
  }
}

bool Packer::free(std::span<const ValueId> parts) {
  const auto [known, fresh] = free_.emplace(std::vector(parts.begin(), parts.end()), false);
  if (!fresh) return known->second;
  const auto all = [&](auto&& predicate) {
    return std::all_of(parts.begin(), parts.end(), predicate);
  };
  bool& result = known->second;
  if (repeated(parts) || all([this](ValueId id) { return constant(id); })) return result = true;
  if (std::adjacent_find(parts.begin(), parts.end(),
                         [this](ValueId a, ValueId b) { return !adjacent(a, b); }) == parts.end())
    return result = true;
  const Traits& traits = graph_.traits(parts[0]);
  if (traits.row_operands == 0 || traits.role == Role::product) return false;
  if (!all([&](ValueId id) { return same_signature(parts[0], id); })) return false;
  const auto operands = columns(parts);
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (is_row_operand(traits, i) && !free(operands[i])) return false;
  return result = true;
}

std::vector<std::vector<ValueId>> Packer::columns(std::span<const ValueId> parts) {
  const std::size_t count = graph_.node(parts[0]).inputs.size();
  std::vector<std::vector<ValueId>> columns(count);
  for (ValueId id : parts) {
    std::vector<ValueId> inputs = graph_.node(id).inputs;
    if (graph_.traits(id).commutative && count == 2 && id != parts[0]) {
      const auto likeness = [&](ValueId a, ValueId b) {
        const ValueId pair[] = {a, b};
        if (free(pair)) return 3;
        if (same_signature(a, b)) return 2;
        return graph_.node(a).primitive == graph_.node(b).primitive ? 1 : 0;
      };
      const auto fit = [&](ValueId a, ValueId b) {
        return likeness(columns[0].back(), a) + likeness(columns[1].back(), b);
      };
      if (fit(inputs[1], inputs[0]) > fit(inputs[0], inputs[1])) std::swap(inputs[0], inputs[1]);
    }
    for (std::size_t i = 0; i < count; ++i) columns[i].push_back(inputs[i]);
  }
  return columns;
}

ValueId Packer::join(std::span<const ValueId> parts) {
  const Traits& traits = graph_.traits(parts[0]);
  const bool operation = traits.row_operands != 0 && traits.role != Role::product;
  if (operation && free(parts) && same_signature(parts[0], parts[1]) &&
      !adjacent(parts[0], parts[1]))
    return pack(parts);
  return graph_.concat_rows(parts);
}

ValueId Packer::pack(std::span<const ValueId> parts) {
  const Node first = graph_.node(parts[0]);
  const Traits traits = graph_.traits(parts[0]);
  const auto operands = columns(parts);
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < operands.size(); ++i)
    inputs.push_back(is_row_operand(traits, i) ? join(operands[i]) : operands[i][0]);
  Extent rows = 0;
  for (ValueId id : parts) rows += graph_.node(id).shape().rows();
  graph_.set_origin(parts);
  const ValueId all =
      graph_.make(*first.primitive, inputs, first.primitive->with_rows(first.attributes, rows));
  Extent lo = 0;
  for (ValueId id : parts) {
    const Extent hi = lo + graph_.node(id).shape().rows();
    graph_.replace(id, graph_.slice_rows(all, lo, hi));
    lo = hi;
  }
  return all;
}

const std::vector<Packer::Block>& Packer::bases_above(ValueId id) const {
  const auto [known, fresh] = bases_.emplace(id, std::vector<Block>());
  std::vector<Block>& bases = known->second;
  if (!fresh) return bases;
  const Extent rows = graph_.node(id).shape().rows();
  std::deque<std::pair<ValueId, Extent>> pending{{id, 0}};  // our rows begin there
  std::set<ValueId> seen;
  while (!pending.empty()) {
    const auto [next, begin] = pending.front();
    pending.pop_front();
    if (!seen.insert(next).second) continue;
    if (const Block b = block(next); b.base != next) {
      bases.push_back({b.base, b.lo + begin, b.lo + begin + rows});
      pending.emplace_back(b.base, b.lo + begin);
      continue;
    }
    const Node& node = graph_.node(next);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (is_row_operand(graph_.traits(next), i)) pending.emplace_back(node.inputs[i], begin);
  }
  return bases;
}

bool Packer::successive(ValueId a, ValueId b) const {
  bool any = false;
  for (const Block& x : bases_above(a))
    for (const Block& y : bases_above(b)) {
      if (x.base != y.base) continue;
      if (x.hi != y.lo) return false;
      any = true;
    }
  return any;
}

std::vector<Packer::Block> Packer::bases(ValueId id) const {
  if (const auto& above = bases_above(id); !above.empty()) return above;
  std::deque<ValueId> pending{id};
  std::set<ValueId> seen;
  while (!pending.empty()) {
    const ValueId next = pending.front();
    pending.pop_front();
    if (!seen.insert(next).second) continue;
    for (ValueId user : graph_.users(next)) {
      const Node& node = graph_.node(user);
      const Traits& traits = graph_.traits(user);
      bool through = false;
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (!is_row_operand(traits, i)) continue;
        if (node.inputs[i] == next)
          through = true;
        else if (const auto& beside = bases_above(node.inputs[i]); !beside.empty())
          return beside;
      }
      if (through) pending.push_back(user);
    }
  }
  return {};
}

// Products of one weight in a critic's step, where %20 holds the rows [real | fake | between]:
//   in    %38 of rows 0:64 of %20, %40 of 128:192, %41 of 0:64, %42 of 64:128, %43 of no base
//   out   %41 %42 %40 | %38 | %43
// Packed in this order the operands of the first three are %20 itself, not a copy of its rows; %38
// comes behind them, since the later %41 has its place, and what has none comes last.
void Packer::order_by_block(std::vector<ValueId>& parts) const {
  std::vector<std::vector<Block>> homes;
  for (ValueId id : parts) homes.push_back(bases(id));
  const auto in = [](const std::vector<Block>& bases, ValueId base) {
    return std::find_if(bases.begin(), bases.end(), [&](const Block& b) { return b.base == base; });
  };
  // The nearest base that all of them have a place in; else each one's farthest.
  std::optional<ValueId> common;
  const auto housed = std::find_if(homes.begin(), homes.end(), [](auto& h) { return !h.empty(); });
  if (housed != homes.end())
    for (const Block& b : *housed)
      if (!common && std::all_of(homes.begin(), homes.end(),
                                 [&](auto& h) { return h.empty() || in(h, b.base) != h.end(); }))
        common = b.base;
  using Place = std::pair<ValueId, Extent>;                      // base and row
  std::vector<std::pair<std::pair<int, Place>, ValueId>> keyed;  // 1: place taken, 2: none
  std::set<Place> taken;
  for (std::size_t i = parts.size(); i-- > 0;) {
    if (homes[i].empty()) {
      keyed.push_back({{2, {}}, parts[i]});
      continue;
    }
    const Block home = common ? *in(homes[i], *common) : homes[i].back();
    const Place place{home.base, home.lo};
    keyed.push_back({{taken.insert(place).second ? 0 : 1, place}, parts[i]});
  }
  std::reverse(keyed.begin(), keyed.end());
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = keyed[i].second;
}

}  // namespace ganflow
