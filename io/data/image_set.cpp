#include "io/data/image_set.h"

#include <fmt/ranges.h>
#include <zlib.h>

namespace ganflow {

std::string summary(const ImageSet& set) {
  constexpr std::size_t kMost = 12, kFirst = 10;
  std::string text =
      fmt::format("{} images of {} x {} pixels (height x width) with {} channel{}", set.count,
                  set.height, set.width, set.channels, set.channels == 1 ? "" : "s");
  if (set.labels.empty()) return text + ", no labels";
  text += fmt::format(", {} classes", set.classes);
  const std::vector<std::string>& names = set.class_names;
  if (names.empty()) return text;
  if (names.size() <= kMost) return text + fmt::format(": {}", fmt::join(names, ", "));
  return text + fmt::format(": {}, ... {}", fmt::join(names.begin(), names.begin() + kFirst, ", "),
                            names.back());
}

std::uint32_t checksum(const ImageSet& set) {
  uLong crc = ::crc32_z(0, set.bytes.data(), set.bytes.size());
  if (!set.labels.empty())  // of a null pointer zlib says 0, whatever came before
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(set.labels.data()),
                    set.labels.size() * sizeof set.labels[0]);
  return static_cast<std::uint32_t>(crc);
}

}  // namespace ganflow
