// An option of a graph, declared once, where it is used: name, default, range, one line of help.
//
//   const int latent = g.option(Option<int>{"latent", 2, at_least(1), "size of z"});
//   const bool coupled = g.option(Option<bool>{"coupled", false, "allow what mixes samples"});
//   const auto norm = g.option(Choice<Norm>{"norm", "batch", {{"batch", ...}, {"none", ...}},
//   "..."});
//
// From the declaration come --set and its refusals, `ganflow list --graph`, the help and what
// run.h5 records.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ganflow {

// Numbers from `least` to `most`, the bounds themselves included unless they are open.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool open_least = false, open_most = false;

  bool contains(double value) const {  // false for NaN
    return (open_least ? value > least : value >= least) &&
           (open_most ? value < most : value <= most);
  }
  std::string text() const;  // "at least 1", "above 0", "from -1 to 0", "any number"
};
inline Range any_number() { return {}; }
inline Range at_least(double least) { return {.least = least}; }
inline Range above(double least) { return {.least = least, .open_least = true}; }
inline Range between(double least, double most) { return {.least = least, .most = most}; }

// T: int (a whole number) or double. Not finite values are outside of every range.
template <class T>
struct Option {
  std::string name;
  T value;  // unless --set says otherwise
  Range range;
  std::string help;
};
// --set takes 0, 1, true and false.
template <>
struct Option<bool> {
  std::string name;
  bool value;
  std::string help;
};
// Any text: sizes of layers, the name of a layer.
template <>
struct Option<std::string> {
  std::string name;
  std::string value;
  std::string help;
};

// One of several things by its name.
template <class T>
struct Choice {
  std::string name;
  std::string value;  // the name that is taken unless --set says otherwise
  std::vector<std::pair<std::string, T>> choices;
  std::string help;
};

}  // namespace ganflow
