#include "engine/graph/option.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganflow {
namespace {

// A text longer than its column stands alone, the rest of the row below it.
constexpr std::size_t kWidest = 32;

std::string cell(const std::string& text, std::size_t width, std::size_t indent) {
  if (text.size() <= width) return fmt::format("{:<{}}  ", text, width);
  return text + '\n' + std::string(indent + width + 2, ' ');
}

}  // namespace

std::string describe(const std::vector<OptionInfo>& options) {
  if (options.empty()) return {};
  std::size_t name = 6, initial = 7, allowed = 5;  // of the headings
  for (const OptionInfo& o : options) {
    name = std::max(name, std::min(o.name.size(), kWidest));
    initial = std::max(initial, std::min(o.initial.size(), kWidest));
    allowed = std::max(allowed, std::min(o.allowed.size(), kWidest));
  }
  const auto row = [&](const OptionInfo& o) {
    const std::size_t second = 2 + name + 2, third = second + initial + 2;
    std::string text = "  " + cell(o.name, name, 2) + cell(o.initial, initial, second) +
                       cell(o.allowed, allowed, third) + o.help;
    text.erase(text.find_last_not_of(" \n") + 1);
    return text + '\n';
  };
  std::string text = "options (--set name=value)\n";
  text += row({"option", "default", "range", "", ""});
  for (const OptionInfo& o : options) text += row(o);
  return text;
}

}  // namespace ganflow
