#include "engine/graph/range.h"

#include <fmt/format.h>

#include <cmath>

namespace ganflow {

bool Range::contains(double value) const {
  return std::isfinite(value) && (open_least ? value > least : value >= least) &&
         (open_most ? value < most : value <= most);
}

Range Range::within(const Range& other) const {
  Range both = *this;
  if (other.least > least || (other.least == least && other.open_least))
    both.least = other.least, both.open_least = other.open_least;
  if (other.most < most || (other.most == most && other.open_most))
    both.most = other.most, both.open_most = other.open_most;
  return both;
}

std::string Range::text() const {
  const bool below = std::isfinite(most), over = std::isfinite(least);
  if (over && below && !open_least && !open_most) return fmt::format("from {} to {}", least, most);
  std::string text;
  if (over) text = fmt::format("{} {}", open_least ? "above" : "at least", least);
  if (over && below) text += " and ";
  if (below) text += fmt::format("{} {}", open_most ? "below" : "at most", most);
  return text.empty() ? "any finite number" : text;
}

}  // namespace ganflow
