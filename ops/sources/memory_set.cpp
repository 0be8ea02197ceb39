#include "ops/sources/memory_set.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "engine/error.h"
#include "ops/primitives/batches.h"
#include "ops/primitives/formulas/set_images.h"
#include "ops/primitives/gather.h"
#include "ops/sources/permutation.h"

namespace ganflow {
namespace {

using formulas::Levels, formulas::Visit;
static_assert(formulas::kDequantise == stream_id("dequantise"));

class MemorySource : public Source {
 public:
  explicit MemorySource(const MemorySet& options) : options_(options) {
    const auto bytes = options.bytes ? options.bytes->size() : 0;
    const auto item = item_bytes();
    if (options.axes.size() != static_cast<std::size_t>(options.item.rank()))
      fail(Fault::usage, "{}: axes '{}' names {} axes, an item {} has {}", options.name,
           options.axes, options.axes.size(), options.item.str(), options.item.rank());
    if (bytes == 0) fail(Fault::usage, "{}: the data set holds no item", options.name);
    if (item == 0 || bytes % item != 0)
      fail(Fault::usage, "{}: {} bytes are no whole number of items {} of {} bytes", options.name,
           bytes, options.item.str(), item);
    items_ = bytes / item;
    if (options.labels) {
      check_labels(*options.labels);
      labels_.assign(options.labels->begin(), options.labels->end());
    }
    const bool unit = options.range == PixelRange::unit;
    for (int byte = 0; byte < 256; ++byte)
      value_[byte] = static_cast<float>(unit ? byte / 255.0 : byte / 127.5 - 1);
    if (options.dequantise) levels_ = unit ? Levels::unit : Levels::symmetric;
    order_ = set_order(items_, options.in_order           ? Visit::in_order
                               : options.with_replacement ? Visit::replacement
                                                          : Visit::epochs);
  }

  std::vector<PortSpec> outputs(Extent batch) const override {
    std::vector<PortSpec> specs{{options_.item.with(0, batch), "N" + options_.axes}};
    if (options_.labels) specs.push_back({Shape{batch}, "N", "label", options_.classes});
    return specs;
  }
  std::optional<std::uint64_t> size() const override { return items_; }

  void fill(const Draw& draw, Extent batch, std::span<const std::span<float>> out) const override {
    const std::size_t item = item_bytes();
    for (Extent i = 0; i < batch; ++i) {
      const std::uint64_t index = item_of(order_, draw, batch, i);
      const auto row = static_cast<std::size_t>(i);
      if (!out[0].empty()) {
        const auto from = std::span(*options_.bytes).subspan(index * item, item);
        const auto to = out[0].subspan(row * item, item);
        if (options_.dequantise)
          dequantise(draw, i, from, to);
        else
          std::transform(from.begin(), from.end(), to.begin(), [&](int b) { return value_[b]; });
      }
      if (out.size() > 1 && !out[1].empty()) out[1][row] = labels_[index];
    }
  }

  std::optional<Resident> resident() const override {
    if (items_ > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    Resident made{.tables = {words(std::as_bytes(std::span(&order_, 1))),
                             words(std::as_bytes(std::span(*options_.bytes))),
                             {{Shape{256}, DType::real}, std::as_bytes(std::span(value_))}}};
    if (!labels_.empty())
      made.tables.push_back({{Shape{static_cast<Extent>(items_)}, DType::real}, bytes_of(labels_)});
    made.draw = [this](std::span<const Value> tables, Extent batch, const DrawBy& by) {
      const Value items = set_items(tables[0], batch, by);
      std::vector<Value> drawn{set_images(items, tables[1], tables[2], options_.item, levels_, by)};
      if (!labels_.empty()) drawn.push_back(gather(tables[3], items));
      return drawn;
    };
    return made;
  }

 private:
  std::size_t item_bytes() const { return static_cast<std::size_t>(options_.item.elements()); }

  void check_labels(const std::vector<std::uint16_t>& labels) const {
    if (labels.size() != items_)
      fail(Fault::usage, "{}: {} labels for {} items, there must be one for each", options_.name,
           labels.size(), items_);
    const auto most = *std::max_element(labels.begin(), labels.end());
    if (most >= options_.classes)
      fail(Fault::usage, "{}: a label is {}, {} classes are numbered 0 to {}", options_.name, most,
           options_.classes, options_.classes - 1);
  }

  void dequantise(const Draw& draw, Extent row, std::span<const std::uint8_t> from,
                  std::span<float> to) const {
    const auto item = static_cast<Extent>(from.size());
    const Extent blocks = formulas::noise_blocks(item);
    for (Extent b = 0; b < blocks; ++b) {
      const PhiloxBlock words =
          formulas::noise_block(draw.seed, draw.stream, draw.step, row, blocks, b);
      for (Extent j = 8 * b; j < std::min(8 * b + 8, item); ++j)
        to[j] = formulas::dequantised(levels_, from[j], formulas::noise_of(words, j));
    }
  }

  MemorySet options_;
  std::uint64_t items_ = 0;
  std::array<float, 256> value_{};
  Levels levels_ = Levels::table;
  formulas::SetOrder order_{};
  std::vector<float> labels_;
};

}  // namespace

std::shared_ptr<const Source> MemorySet::open() const {
  return std::make_shared<MemorySource>(*this);
}

}  // namespace ganflow
