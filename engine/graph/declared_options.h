// The options a graph has declared so far, with the values in force. For engine/graph only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/graph/option.h"

namespace ganflow {

class DeclaredOptions {
 public:
  DeclaredOptions() = default;
  // `settings`: --set name=value.
  DeclaredOptions(std::string graph, std::map<std::string, std::string> settings)
      : graph_(std::move(graph)), settings_(std::move(settings)) {}

  // The value in force. Throws Error(usage) for a setting of another type or out of range, for a
  // default out of range, and for a name that was declared otherwise before.
  int value(const Option<int>& option);
  double value(const Option<double>& option);
  bool value(const Option<bool>& option);
  std::string value(const Option<std::string>& option);
  // One of `names`; whether it is one is for the caller to say.
  std::string chosen(const std::string& option, const std::string& initial,
                     const std::vector<std::string>& names, const std::string& help);

  // The text of a setting, from here on a known name; null: none.
  const std::string* setting(const std::string& name);
  // Throws Error(usage) for the first setting that nobody has asked for, with the nearest of
  // the options and of `others`.
  void refuse_unknown(const std::vector<std::string>& others) const;

  const std::vector<OptionInfo>& all() const { return infos_; }  // in order of declaration

 private:
  std::string declare(OptionInfo info);
  template <class T>
  T number(const Option<T>& option, const std::string& kind);

  std::string graph_;
  std::map<std::string, std::string> settings_;
  std::set<std::string> known_;
  std::vector<OptionInfo> infos_;
};

}  // namespace ganflow
