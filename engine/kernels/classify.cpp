#include "engine/kernels/classify.h"

#include <algorithm>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"

namespace ganflow::kernels {
namespace {

// Sums that a tape can hold: what remains is the first axis, the last axes, or nothing.
bool is_simple_sum(const Shape& shape, std::uint32_t axes) {
  const std::uint32_t all = (1u << shape.rank()) - 1;
  if (axes == 0 || shape.elements() == 0) return false;
  const bool leading = (axes & (axes + 1)) == 0;  // 0..01..1: axes 0 .. j - 1, or all
  return leading || axes == (all & ~1u);
}

Part part_of(const Program& program, const Target& target, const Node& node,
             const std::vector<Part>& part) {
  if (node.primitive == &input_primitive() || node.primitive == &variable_primitive())
    return Part::slot;
  const auto constant = [&](ValueId id) { return part[id] == Part::constant; };
  if (node.primitive == &full_primitive() ||
      (!node.inputs.empty() && std::all_of(node.inputs.begin(), node.inputs.end(), constant)))
    return Part::constant;
  const auto types = input_types(program, node);
  const Traits traits = node.primitive->traits(types, node.attributes);
  if (node.primitive == &concat_primitive() && node.attributes.ints[0] == 0) return Part::place;
  if (traits.role == Role::elementwise && node.primitive->formula()) return Part::elementwise;
  if (traits.role == Role::reduction && is_simple_sum(types[0].shape, traits.summed_axes))
    return Part::reduction;
  if (traits.role == Role::product && target.is_product(*node.primitive, types, node.attributes))
    return Part::product;
  return Part::single;
}

}  // namespace

std::vector<StoredView> stored_views(const Program& program) {
  std::vector<StoredView> found(program.nodes.size());
  for (ValueId id = 0; id < program.nodes.size(); ++id) {
    const Node& node = program.nodes[id];
    found[id] = {id, dense_reading(node.shape())};
    if (node.primitive == &full_primitive()) found[id].at = {};
    if (node.inputs.size() != 1) continue;
    const ValueId input = node.inputs[0];
    const auto types = input_types(program, node);
    const auto read = [&](const StoredView& from) {
      const auto at = node.primitive->reading(from.at, types, node.attributes);
      if (at) found[id] = {from.base, *at};
      return at.has_value();
    };
    if (!read(found[input]) && node.primitive->traits(types, node.attributes).role == Role::view)
      read({input, dense_reading(types[0].shape)});
  }
  return found;
}

std::pair<Extent, Extent> range_of(const Shape& shape, const Reading& reading) {
  if (shape.elements() == 0) return {reading.offset, reading.offset};
  Extent last = reading.offset;
  for (int axis = 0; axis < shape.rank(); ++axis)
    last += (shape[axis] - 1) * reading.steps[static_cast<std::size_t>(axis)];
  return {reading.offset, last + 1};
}

Classified::Classified(const Program& p, const Target& t)
    : program(&p),
      target(t),
      part(p.nodes.size()),
      source(stored_views(p)),
      dense_constant(p.nodes.size(), false) {
  for (ValueId id = 0; id < p.nodes.size(); ++id) {
    const ValueId base = source[id].base;
    if (base != id && part[base] == Part::reading) write_out(base);
    part[id] = base != id && part[base] != Part::constant ? Part::reading
                                                          : part_of(p, target, node(id), part);
  }
  for (ValueId id = 0; id < p.nodes.size(); ++id) {
    if (part[id] != Part::product && part[id] != Part::single) continue;
    for (ValueId input : node(id).inputs) {
      if (part[input] == Part::constant)
        dense_constant[input] = true;
      else if (part[input] == Part::reading && !is_dense(shape(input), source[input].at))
        part[input] = Part::load;
    }
  }
  write_out_shared_parts();
  find_unused();
}

// A part of several places that is read in another order is moved once, not for each of them.
void Classified::write_out_shared_parts() {
  std::vector<int> places(part.size(), 0);
  for (ValueId id = 0; id < part.size(); ++id)
    if (part[id] == Part::place)
      for (ValueId input : node(id).inputs) ++places[input];
  for (ValueId id = 0; id < part.size(); ++id) {
    const bool moved = part[id] == Part::reading || part[id] == Part::load;
    if (places[id] < 2 || !moved || is_dense(shape(id), source[id].at)) continue;
    write_out(id);
  }
}

void Classified::write_out(ValueId id) {
  part[id] = Part::load;
  load_source[id] = source[id];
  source[id] = {id, dense_reading(shape(id))};
}

// Nodes of which a result needs no element: only a slice of a place that they are in, say.
void Classified::find_unused() {
  std::vector<bool> used(part.size(), false);
  const auto read = [&](const Shape& shape, const StoredView& from) {
    const auto [lo, hi] = range_of(shape, from.at);
    visit(from.base, lo, hi, [&](ValueId id, Extent, Extent) { used[id] = true; });
  };
  for (const Output& result : program->results) read(shape(result.value), source[result.value]);
  for (ValueId id = static_cast<ValueId>(part.size()); id-- > 0;) {
    if (!computed(id)) continue;
    if (!used[id])
      part[id] = Part::unused;
    else
      for (const Operand& operand : operands(id)) read(shape(operand.value), operand.source);
  }
}

std::vector<Operand> Classified::operands(ValueId id) const {
  if (part[id] == Part::load) {
    const auto own = load_source.find(id);
    return {{id, own == load_source.end() ? source[id] : own->second}};
  }
  std::vector<Operand> found;
  for (ValueId input : node(id).inputs) {
    const bool whole = part[id] == Part::product || part[id] == Part::single;
    if (whole && (part[input] == Part::load || part[input] == Part::constant))
      found.push_back({input, {input, dense_reading(shape(input))}});
    else
      found.push_back({input, source[input]});
  }
  return found;
}

bool Classified::is_placeable(ValueId id) const {
  const StoredView& from = source[id];
  return (part[from.base] == Part::place || computed(from.base)) && is_dense(shape(id), from.at);
}

void Classified::visit(ValueId base, Extent lo, Extent hi, const Visit& f) const {
  if (lo >= hi) return;
  if (part[base] != Part::place) return f(base, lo, hi);
  for_each_part(base, lo, hi, [&](std::size_t i, Extent, Extent from, Extent to) {
    const ValueId input = node(base).inputs[i];
    if (is_placeable(input)) {
      const Extent offset = source[input].at.offset;
      visit(source[input].base, offset + from, offset + to, f);
    } else {  // a copy of the whole part will be made
      const auto [first_read, end] = range_of(shape(input), source[input].at);
      visit(source[input].base, first_read, end, f);
    }
  });
}

}  // namespace ganflow::kernels
