#include "apps/command/between.h"

#include "apps/command/numbers.h"
#include "engine/error.h"

namespace ganflow::cli {
namespace {

constexpr std::uint64_t kMostSample = 9'999'999;

}  // namespace

std::vector<Extent> parse_between(const std::string& text) {
  std::vector<Extent> numbers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    try {
      numbers.push_back(
          static_cast<Extent>(parse_whole(text.substr(begin, end - begin), 0, kMostSample)));
    } catch (const Error& error) {
      fail(Fault::usage, "--between {}: {}", text, error.what());
    }
    begin = end + 1;
  }
  if (numbers.size() < 2)
    fail(Fault::usage, "--between {}: name at least two samples, --between 3,17", text);
  return numbers;
}

DrawnRows path_rows(const LoweredDrawing& drawing, const DrawnRows& rows,
                    const std::vector<Extent>& between, Extent frames) {
  if (rows.empty()) fail(Fault::usage, "paths: the samples of this run are made of no latents");
  DrawnRows paths(rows.size());
  for (std::size_t d = 0; d < rows.size(); ++d) {
    const auto size = static_cast<std::size_t>(drawing.draws[d].row.elements());
    for (std::size_t i = 0; i + 1 < between.size(); ++i) {
      const float* a = rows[d].data() + static_cast<std::size_t>(between[i]) * size;
      const float* b = rows[d].data() + static_cast<std::size_t>(between[i + 1]) * size;
      for (Extent t = 0; t < frames; ++t) {
        const float along = static_cast<float>(t) / static_cast<float>(frames - 1);
        for (std::size_t k = 0; k < size; ++k)
          paths[d].push_back(drawing.draws[d].is_label() ? a[k] : a[k] + along * (b[k] - a[k]));
      }
    }
  }
  return paths;
}

}  // namespace ganflow::cli
