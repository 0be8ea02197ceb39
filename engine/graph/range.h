// Which numbers an option takes: what its refusal and its line in a listing say.
#pragma once

#include <limits>
#include <string>

namespace ganflow {

// Finite numbers from `least` to `most`, the bounds themselves included unless they are open.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool open_least = false, open_most = false;

  bool contains(double value) const;       // false for what is not finite
  Range within(const Range& other) const;  // the numbers of both
  // "at least 1", "above 0", "from -1 to 0", "at least 0 and below 1", "any finite number"
  std::string text() const;
  bool operator==(const Range&) const = default;
};
inline Range any_number() { return {}; }
inline Range at_least(double least) { return {.least = least}; }
inline Range above(double least) { return {.least = least, .open_least = true}; }
inline Range between(double least, double most) { return {.least = least, .most = most}; }
// [least, most): decays of running averages are in half_open(0, 1).
inline Range half_open(double least, double most) {
  return {.least = least, .most = most, .open_most = true};
}

}  // namespace ganflow
