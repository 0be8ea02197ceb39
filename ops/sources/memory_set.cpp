#include "ops/sources/memory_set.h"

#include <array>

#include "engine/error.h"
#include "ops/sources/permutation.h"

namespace ganflow {
namespace {

class MemorySource : public Source {
 public:
  explicit MemorySource(const MemorySet& options) : options_(options) {
    const auto bytes = options.bytes ? options.bytes->size() : 0;
    const auto item = static_cast<std::size_t>(options.item.elements());
    if (options.axes.size() != static_cast<std::size_t>(options.item.rank()))
      fail(Fault::usage, "{}: axes '{}' names {} axes, an item {} has {}", options.name,
           options.axes, options.axes.size(), options.item.str(), options.item.rank());
    if (bytes == 0) fail(Fault::usage, "{}: the data set holds no item", options.name);
    if (item == 0 || bytes % item != 0)
      fail(Fault::usage, "{}: {} bytes are no whole number of items {} of {} bytes", options.name,
           bytes, options.item.str(), item);
    items_ = bytes / item;
    const bool unit = options.range == PixelRange::unit;
    for (int byte = 0; byte < 256; ++byte)
      value_[byte] = static_cast<float>(unit ? byte / 255.0 : byte / 127.5 - 1);
  }

  PortSpec spec(Extent batch) const override {
    return {options_.item.with(0, batch), "N" + options_.axes};
  }
  std::optional<std::uint64_t> size() const override { return items_; }

  void fill(const Draw& draw, Extent batch, std::span<float> out) const override {
    const EpochOrder order(draw, batch, items_, options_.with_replacement);
    const auto item = static_cast<std::size_t>(options_.item.elements());
    for (Extent i = 0; i < batch; ++i) {
      const std::uint8_t* in = options_.bytes->data() + order.item(i) * item;
      float* row = out.data() + static_cast<std::size_t>(i) * item;
      for (std::size_t j = 0; j < item; ++j) row[j] = value_[in[j]];
    }
  }

 private:
  MemorySet options_;
  std::uint64_t items_ = 0;
  std::array<float, 256> value_{};
};

}  // namespace

std::shared_ptr<const Source> MemorySet::open() const {
  return std::make_shared<MemorySource>(*this);
}

}  // namespace ganflow
