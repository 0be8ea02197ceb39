#include "engine/kernels/traversal.h"

#include <algorithm>

namespace ganflow::kernels {
namespace {

Extent first_element(const FusedKernel& kernel, const Member& m) {
  return m.row * std::max<Extent>(1, kernel.row_elements());
}

}  // namespace

Traversal read_traversal(const Classified& classified, const FusedKernel& kernel,
                         const Member& reader, const Operand& operand) {
  const Part part = classified.part[reader.id];
  const bool sum = part == Part::reduction;
  const Shape& shape = classified.shape(operand.value);
  const Level level = sum ? Level::element : reader.level;
  const bool whole = part == Part::product || part == Part::single;
  const bool covers = level == Level::element || shape.elements() == kernel.kept();
  const Extent first = level == Level::element ? first_element(kernel, reader) : 0;
  return {!whole && covers && is_dense(shape, operand.source.at), level,
          first - operand.source.at.offset, reader.stage - (sum ? 1 : 0)};
}

Traversal write_traversal(const FusedKernel& kernel, ValueId id) {
  for (const Member& m : kernel.members)
    if (m.id == id)
      return {kernel.kind != FusedKernel::Kind::single, m.level,
              m.level == Level::element ? first_element(kernel, m) : 0, m.stage};
  return {};
}

bool in_step(const Traversal& from, const Traversal& to, std::ptrdiff_t from_at,
             std::ptrdiff_t to_at, std::size_t element_bytes) {
  const auto bytes = static_cast<std::ptrdiff_t>(element_bytes);
  return from.aligned && to.aligned && from.level == to.level && from.stage <= to.stage &&
         from_at - from.shift * bytes == to_at - to.shift * bytes;
}

}  // namespace ganflow::kernels
