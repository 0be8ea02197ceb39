#include "ops/sources/memory_set.h"

#include <algorithm>
#include <array>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/sources/permutation.h"

namespace ganflow {
namespace {

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
    if (options.labels) check_labels(*options.labels);
    const bool unit = options.range == PixelRange::unit;
    for (int byte = 0; byte < 256; ++byte)
      value_[byte] = static_cast<float>(unit ? byte / 255.0 : byte / 127.5 - 1);
  }

  std::vector<PortSpec> outputs(Extent batch) const override {
    std::vector<PortSpec> specs{{options_.item.with(0, batch), "N" + options_.axes}};
    if (options_.labels) specs.push_back({Shape{batch}, "N", "label", options_.classes});
    return specs;
  }
  std::optional<std::uint64_t> size() const override { return items_; }

  void fill(const Draw& draw, Extent batch, std::span<const std::span<float>> out) const override {
    const auto in_order = [&, first = draw.step * static_cast<std::uint64_t>(batch)](Extent i) {
      return (first + static_cast<std::uint64_t>(i)) % items_;
    };
    const EpochOrder order(draw, batch, items_, options_.with_replacement || options_.in_order);
    const std::size_t item = item_bytes();
    for (Extent i = 0; i < batch; ++i) {
      const std::uint64_t index = options_.in_order ? in_order(i) : order.item(i);
      const auto row = static_cast<std::size_t>(i);
      if (!out[0].empty()) {
        const auto from = std::span(*options_.bytes).subspan(index * item, item);
        const auto to = out[0].subspan(row * item, item);
        if (options_.dequantise)
          dequantise(draw, row, from, to);
        else
          std::transform(from.begin(), from.end(), to.begin(), [&](int b) { return value_[b]; });
      }
      if (out.size() > 1 && !out[1].empty())
        out[1][row] = static_cast<float>((*options_.labels)[index]);
    }
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

  // The 24 bits of byte and noise, exact in float.
  void dequantise(const Draw& draw, std::size_t row, std::span<const std::uint8_t> from,
                  std::span<float> to) const {
    const std::uint32_t stream = draw.stream ^ stream_id("dequantise");
    const std::size_t blocks = (from.size() + 7) / 8;
    const bool unit = options_.range == PixelRange::unit;
    const float scale = unit ? 0x1p-24f : 0x1p-23f, shift = unit ? 0.0f : -1.0f;
    for (std::size_t b = 0; b < blocks; ++b) {
      const PhiloxBlock words =
          random_block(draw.seed, stream, draw.step, static_cast<std::uint32_t>(row * blocks + b));
      for (std::size_t j = 8 * b; j < std::min(8 * b + 8, from.size()); ++j) {
        const std::uint32_t noise = words[j % 8 / 2] >> (j % 2 * 16) & 0xffffu;
        to[j] = static_cast<float>(std::uint32_t{from[j]} << 16 | noise) * scale + shift;
      }
    }
  }

  MemorySet options_;
  std::uint64_t items_ = 0;
  std::array<float, 256> value_{};
};

}  // namespace

std::shared_ptr<const Source> MemorySet::open() const {
  return std::make_shared<MemorySource>(*this);
}

}  // namespace ganflow
