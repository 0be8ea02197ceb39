#include "engine/kernels/kernel_view.h"

#include <algorithm>

#include "engine/kernels/row_blocks.h"

namespace ganflow::kernels {

bool is_packed(const Stream& stream, const std::vector<Extent>& outer) {
  bool packed = !stream.outer.empty();
  for (std::size_t axis = 0; axis + 1 < stream.outer.size(); ++axis)
    packed = packed && stream.outer[axis] == stream.outer[axis + 1] * outer[axis + 1];
  return packed;
}

KernelView::KernelView(const Classified& classified, const FusedKernel& kernel, const Plan& plan,
                       Precision precision)
    : classified_(classified), kernel_(kernel), plan_(plan), precision_(precision) {
  std::vector<Reading> readings{dense_reading(kernel_.domain)};
  bool partial = kernel_.kind == FusedKernel::Kind::product || kernel_.mode == Mode::rows;
  for (const Member& m : kernel_.members) {
    partial = partial || (m.level == Level::element && rows_of(m) != kernel_.rows());
    if (is_product(m) || read_level(m) == Level::kept) continue;
    for (const Operand& operand : classified_.operands(m.id)) {
      partial = partial || is_apart(operand);
      if (!member(operand.source.base)) readings.push_back(element_reading(operand));
    }
  }
  const int cut = partial ? 1 : kernel_.mode == Mode::columns ? kernel_.split : 0;
  domain_ = Domain(kernel_.domain, cut, readings);
}

const Member* KernelView::member(ValueId id) const {
  const auto found = std::find_if(kernel_.members.begin(), kernel_.members.end(),
                                  [id](const Member& m) { return m.id == id; });
  return found == kernel_.members.end() ? nullptr : &*found;
}

bool KernelView::stored(ValueId id) const {
  return std::find(kernel_.stores.begin(), kernel_.stores.end(), id) != kernel_.stores.end();
}

Operand KernelView::in_block(const Operand& operand, Extent row) const {
  Operand found = operand;
  for (const OperandBlock& block : operand_blocks(classified_, operand))
    if (block.first <= row && row < block.end) found.source = block.source;
  return found;
}

Extent KernelView::rows_of(const Member& m) const {
  const Extent n = kernel_.row_elements();
  return kernel_.domain.rank() == 0 || n == 0 ? 1 : classified_.shape(m.id).elements() / n;
}

bool KernelView::shares_memory() const {
  struct Range {
    Place place;
    std::size_t bytes;
  };
  const auto range = [&](ValueId base, Extent lo, Extent hi) {
    Place place = plan_.places[base];
    const std::size_t size = element_bytes(classified_.node(base).type.dtype, precision_);
    place.offset += static_cast<std::size_t>(lo) * size;
    return Range{place, static_cast<std::size_t>(hi - lo) * size};
  };
  std::vector<Range> written;
  for (const ValueId id : kernel_.stores)
    written.push_back(range(id, 0, classified_.shape(id).elements()));
  for (const Member& m : kernel_.members)
    for (const Operand& operand : classified_.operands(m.id)) {
      if (member(operand.source.base) || is_apart(operand)) continue;
      const auto [lo, hi] = range_of(classified_.shape(operand.value), operand.source.at);
      const Range read = range(operand.source.base, lo, hi);
      for (const Range& w : written)
        if (w.place.space == read.place.space && w.place.slot == read.place.slot &&
            w.place.offset < read.place.offset + read.bytes &&
            read.place.offset < w.place.offset + w.bytes)
          return true;
    }
  return false;
}

Reading KernelView::element_reading(const Operand& operand) const {
  return *in_domain(kernel_, classified_.shape(operand.value), operand.source.at, Level::element);
}

Stream KernelView::walked(ValueId id, const Reading& reading, Extent row) const {
  return {plan_.places[id], classified_.node(id).type.dtype,
          reading.offset - row * reading.steps[0], domain_.outer_steps(reading),
          domain_.inner_step(reading)};
}

Stream KernelView::read(const Operand& operand, Extent row) const {
  return walked(operand.source.base, element_reading(operand), row);
}

Stream KernelView::read_kept(const Operand& operand) const {
  const ValueId base = operand.source.base;
  const Reading at =
      *in_domain(kernel_, classified_.shape(operand.value), operand.source.at, Level::kept);
  const Extent step = kernel_.kept() == 1 ? 0 : at.steps[0];
  return {plan_.places[base], classified_.node(base).type.dtype, at.offset, {}, step};
}

Stream KernelView::read_number(const Operand& operand) const {
  const ValueId base = operand.source.base;
  const Extent offset = element_reading(operand).offset;
  return {plan_.places[base], classified_.node(base).type.dtype, offset, {}, 0};
}

Stream KernelView::written(const Member& m) const {
  if (m.level == Level::kept)
    return {plan_.places[m.id], classified_.node(m.id).type.dtype, 0, {}, 1};
  return walked(m.id, dense_reading(kernel_.domain), m.row);
}

}  // namespace ganflow::kernels
