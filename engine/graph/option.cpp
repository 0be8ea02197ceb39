#include "engine/graph/option.h"

#include <fmt/format.h>

#include <cmath>

namespace ganflow {

std::string Range::text() const {
  const bool below = std::isfinite(most), over = std::isfinite(least);
  if (over && below && !open_least && !open_most) return fmt::format("from {} to {}", least, most);
  std::string text;
  if (over) text = fmt::format("{} {}", open_least ? "above" : "at least", least);
  if (over && below) text += " and ";
  if (below) text += fmt::format("{} {}", open_most ? "below" : "at most", most);
  return text.empty() ? "any number" : text;
}

}  // namespace ganflow
