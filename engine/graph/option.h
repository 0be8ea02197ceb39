// An option of a graph, declared once, where it is used: name, default, range, one line of help.
//
//   const int latent = g.option(Option<int>{"latent", 2, at_least(1), "size of z"});
//   const bool coupled = g.option(Option<bool>{"coupled", false, "allow what mixes samples"});
//   const auto norm = g.option(Choice<Norm>{"norm", "batch", {{"batch", ...}}, "..."});
//
// From the declaration come --set and its refusals, `ganflow list --graph`, the help and what
// run.h5 records.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/range.h"

namespace ganflow {

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

// An option or scalar as listings and runs name it. Texts of numbers are in a normal form, the
// shortest that gives the number back: equal values have equal texts.
struct OptionInfo {
  std::string name;
  std::string initial;  // its default: "2", "0.001", "steps(0: 0, 2500: -0.2)"
  std::string allowed;  // "whole, at least 1", "number, above 0", "0 or 1", "batch, none"
  std::string help;
  std::string value;  // in force: the default or what --set says
};

// A table: name, default, range or choices, help. Empty for no options.
std::string describe(const std::vector<OptionInfo>& options);

}  // namespace ganflow
