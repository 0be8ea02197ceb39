#include "io/data/emnist.h"

#include <utility>

#include "engine/suggest.h"
#include "io/data/idx.h"

namespace ganflow {
namespace {

const std::string kDigits = "0123456789", kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                  kSmall = "abcdefghijklmnopqrstuvwxyz",
                  kSmallUnlike = "abdefghnqrt";  // those that do not look like their capitals

struct Part {
  std::string characters;  // of the labels, in their order
  Extent first = 0;        // label of the first
};

const std::vector<std::pair<std::string, Part>>& parts() {
  static const std::vector<std::pair<std::string, Part>> all = {
      {"balanced", {kDigits + kCapitals + kSmallUnlike}},
      {"byclass", {kDigits + kCapitals + kSmall}},
      {"bymerge", {kDigits + kCapitals + kSmallUnlike}},
      {"digits", {kDigits}},
      {"letters", {kCapitals, 1}},
      {"mnist", {kDigits}}};
  return all;
}

// (y, x) -> (x, y) of every image.
void mirror_at_diagonal(ImageSet& set) {
  std::vector<std::uint8_t> upright(set.bytes.size());
  const auto h = static_cast<std::size_t>(set.height), w = static_cast<std::size_t>(set.width);
  for (std::size_t image = 0; image < upright.size(); image += h * w)
    for (std::size_t y = 0; y < h; ++y)
      for (std::size_t x = 0; x < w; ++x) upright[image + x * h + y] = set.bytes[image + y * w + x];
  set.bytes = std::move(upright);
  std::swap(set.height, set.width);
}

}  // namespace

const std::vector<std::string>& emnist_parts() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, part] : parts()) all.push_back(name);
    return all;
  }();
  return names;
}

ImageSet read_emnist(const std::string& directory, const std::string& part, Split split) {
  const std::string name = part.empty() ? "balanced" : part;
  const Part& chosen = choose("EMNIST " + name, "part", name, parts());
  const IdxSet files =
      find_idx(directory, "emnist-" + name + (split == Split::train ? "-train" : "-test"));
  ImageSet set = read_idx_set(files, static_cast<Extent>(chosen.characters.size()), chosen.first);
  for (const char character : chosen.characters) set.class_names.emplace_back(1, character);
  mirror_at_diagonal(set);
  return set;
}

}  // namespace ganflow
