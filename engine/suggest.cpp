#include "engine/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ganflow {
namespace {

// Insertions, deletions, changes and swaps of neighbours that turn a into b.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return text;
}

// "learning_rate" -> "lr"; of one word nothing.
std::string initials(const std::string& name) {
  std::string letters;
  bool begins = true;
  for (const char c : name) {
    if (begins) letters += c;
    begins = c == '_' || c == '-' || c == '.' || c == ' ';
  }
  return letters.size() > 1 ? letters : "";
}

std::size_t distance(const std::string& name, const std::string& known) {
  return initials(name) == known ? 0 : edit_distance(name, known);
}

}  // namespace

std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  if (known.empty()) return "; there are none";
  const std::string given = lower(name);
  const auto nearest = std::min_element(known.begin(), known.end(), [&](auto& a, auto& b) {
    return distance(given, lower(a)) < distance(given, lower(b));
  });
  const std::size_t away = distance(given, lower(*nearest));
  const bool close = away <= std::max<std::size_t>(2, name.size() / 2) &&
                     away < std::max(name.size(), nearest->size());
  return fmt::format("; {}there are: {}", close ? fmt::format("did you mean '{}'? ", *nearest) : "",
                     fmt::join(known, ", "));
}

}  // namespace ganflow
