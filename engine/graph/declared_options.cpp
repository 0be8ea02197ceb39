#include "engine/graph/declared_options.h"

#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {
namespace {

std::string said(const OptionInfo& o) {
  return fmt::format("default '{}', {}{}", o.initial, o.allowed,
                     o.help.empty() ? "" : ", '" + o.help + "'");
}

// What T can hold: of a whole number.
template <class T>
Range held() {
  if constexpr (std::is_integral_v<T>)
    return between(std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return any_number();
}

// A whole number is read as a wide one first, so that what is too large is told from what is none.
template <class T>
T parsed(const Option<T>& o, const std::string& text) {
  std::conditional_t<std::is_integral_v<T>, std::int64_t, double> value{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || code == std::errc::invalid_argument)
    fail(Fault::usage, "--set {}={}: the option is {} number", o.name, text,
         std::is_integral_v<T> ? "a whole" : "a");
  const auto number = static_cast<double>(value);
  if (!std::isfinite(number) || (!std::is_integral_v<T> && code != std::errc()))
    fail(Fault::usage, "--set {}={}: {} must be a finite number", o.name, text, o.name);
  if (code == std::errc() && !o.range.contains(number))
    fail(Fault::usage, "--set {}={}: {} must be {}", o.name, text, o.name, o.range.text());
  if (code != std::errc() || !held<T>().contains(number))
    fail(Fault::usage, "--set {}={}: {} must be {}", o.name, text, o.name,
         o.range.within(held<T>()).text());
  return static_cast<T>(value);
}

}  // namespace

std::string DeclaredOptions::declare(OptionInfo info) {
  for (const OptionInfo& known : infos_) {
    if (known.name != info.name) continue;
    if (known.initial != info.initial || known.allowed != info.allowed || known.help != info.help)
      fail(Fault::usage, "graph {}: option '{}' is declared twice, once with {} and once with {}",
           graph_, info.name, said(known), said(info));
    return known.value;
  }
  infos_.push_back(info);
  return info.value;
}

template <class T>
T DeclaredOptions::number(const Option<T>& o, const std::string& kind) {
  if (!o.range.contains(static_cast<double>(o.value)))
    fail(Fault::usage, "graph {}: option '{}' has the default {}, it must be {}", graph_, o.name,
         o.value, o.range.text());
  const std::string* text = setting(o.name);
  const T value = text ? parsed(o, *text) : o.value;
  declare({.name = o.name,
           .initial = fmt::format("{}", o.value),
           .allowed = o.range == any_number() ? kind : kind + ", " + o.range.text(),
           .help = o.help,
           .value = fmt::format("{}", value)});
  return value;
}

int DeclaredOptions::value(const Option<int>& o) { return number(o, "whole"); }
double DeclaredOptions::value(const Option<double>& o) { return number(o, "number"); }

bool DeclaredOptions::value(const Option<bool>& o) {
  const std::string* text = setting(o.name);
  const bool value =
      text ? choose<bool>("--set " + o.name + "=" + *text, "truth value", *text,
                          {{"0", false}, {"1", true}, {"false", false}, {"true", true}})
           : o.value;
  declare({.name = o.name,
           .initial = o.value ? "1" : "0",
           .allowed = "0 or 1",
           .help = o.help,
           .value = value ? "1" : "0"});
  return value;
}

std::string DeclaredOptions::value(const Option<std::string>& o) {
  return chosen(o.name, o.value, {"text"}, o.help);
}

std::string DeclaredOptions::chosen(const std::string& option, const std::string& initial,
                                    const std::vector<std::string>& names,
                                    const std::string& help) {
  const std::string* text = setting(option);
  return declare({.name = option,
                  .initial = initial,
                  .allowed = fmt::format("{}", fmt::join(names, ", ")),
                  .help = help,
                  .value = text ? *text : initial});
}

const std::string* DeclaredOptions::setting(const std::string& name) {
  known_.insert(name);
  const auto found = settings_.find(name);
  return found == settings_.end() ? nullptr : &found->second;
}

void DeclaredOptions::refuse_unknown(const std::vector<std::string>& others) const {
  std::vector<std::string> names;
  for (const OptionInfo& o : infos_) names.push_back(o.name);
  names.insert(names.end(), others.begin(), others.end());
  for (const auto& [name, value] : settings_)
    if (!known_.contains(name))
      fail(Fault::usage, "--set {}: graph {} has no such option{}", name, graph_,
           suggestion(name, names));
}

}  // namespace ganflow
