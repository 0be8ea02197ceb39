#include "engine/cuda/table.h"

#include <fmt/format.h>

#include <mutex>
#include <shared_mutex>

#include "engine/program/concat.h"

namespace ganflow::cuda {
namespace {

// The axis' place in element e of a tensor of `extent` along it, `inner` elements behind it.
struct Along {
  Extent inner = 1, extent = 1;
  Along(const Shape& shape, int axis) : extent(shape[axis]) {
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
};

ElementText concat_text(const Node& node, std::span<const TensorType> in) {
  const int axis = static_cast<int>(node.attributes.ints[0]);
  const Along to(node.shape(), axis);
  std::string text = fmt::format(
      "[&] {{\n      const long long inner = e % {0}, at = e / {0} % {1}, outer = e / {2};\n",
      to.inner, to.extent, to.inner * to.extent);
  Extent first = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Extent n = in[i].shape[axis];
    const bool last = i + 1 == in.size();
    text += fmt::format("      {}return in{}[(outer * {} + at - {}) * {} + inner];\n",
                        last ? "" : fmt::format("if (at < {}) ", first + n), i, n, first, to.inner);
    first += n;
  }
  return {"", text + "    }()"};
}

ElementText pad_text(const Node& node, std::span<const TensorType> in) {
  const int axis = static_cast<int>(node.attributes.ints[0]);
  const Extent before = node.attributes.ints[1], n = in[0].shape[axis];
  const Along to(node.shape(), axis);
  return {"", fmt::format("e / {0} % {1} < {2} || e / {0} % {1} >= {3} ? 0.0f : in0[(e / {4} * {5} "
                          "+ e / {0} % {1} - {2}) * {0} + e % {0}]",
                          to.inner, to.extent, before, before + n, to.inner * to.extent, n)};
}

struct Table {
  std::shared_mutex mutex;
  TableOfTexts entries = operator_texts();
  Table() {
    entries[&concat_primitive()].element = &concat_text;
    entries[&pad_primitive()].element = &pad_text;
  }
};

Table& table() {
  static Table table;  // made by the first who asks
  return table;
}

}  // namespace

void register_text(const Primitive& primitive, const PrimitiveText& text) {
  const std::unique_lock lock(table().mutex);
  table().entries[&primitive] = text;
}

PrimitiveText text_of(const Primitive& primitive) {
  const std::shared_lock lock(table().mutex);
  const auto found = table().entries.find(&primitive);
  return found == table().entries.end() ? PrimitiveText{} : found->second;
}

}  // namespace ganflow::cuda
