#include "apps/command/flags.h"

#include <algorithm>

#include "apps/command/config.h"
#include "engine/error.h"
#include "engine/suggest.h"
#include "io/run/resume.h"

namespace ganflow::cli {
namespace {

using Words = std::vector<std::string>;

// Every value that `arguments` give a flag: --steps 5 or --steps=5.
Words values_of(const Words& arguments, const std::string& flag) {
  Words values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == flag && i + 1 < arguments.size())
      values.push_back(arguments[++i]);
    else if (arguments[i].starts_with(flag + "="))
      values.push_back(arguments[i].substr(flag.size() + 1));
  }
  return values;
}

bool gives(const Words& arguments, const std::string& flag) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string& a) { return a == flag || a.starts_with(flag + "="); });
}

std::string option_name(const std::string& setting) { return setting.substr(0, setting.find('=')); }

// A later list of --set behind an earlier one, in whose place its names stand.
Words merged_settings(const Words& first, const Words& then) {
  Words merged;
  const auto from = [](const Words& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(),
                        [&](const std::string& s) { return option_name(s) == name; });
  };
  for (const std::string& setting : then) {
    const auto own = from(first, option_name(setting));
    merged.push_back(own == first.end() ? setting : *own);
  }
  for (const std::string& setting : first)
    if (from(then, option_name(setting)) == then.end()) merged.push_back(setting);
  return merged;
}

void remove_flag(Words& arguments, const std::string& flag) {
  for (std::size_t i = 0; i < arguments.size();) {
    const bool alone = arguments[i] == flag;
    if (!alone && !arguments[i].starts_with(flag + "=")) {
      ++i;
      continue;
    }
    const auto at = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    arguments.erase(at, at + (alone && i + 1 < arguments.size() ? 2 : 1));
  }
}

// The flags of a file or of a run behind those that are there already.
void add(Words& arguments, const std::vector<ConfigFlag>& flags) {
  Words more;
  for (const ConfigFlag& item : flags) {
    const std::string flag = "--" + item.name;
    Words values = item.values;
    if (flag == "--set") {
      Words own = values_of(arguments, flag);
      for (const std::string& value : values_of(arguments, "--measure"))
        own.push_back("measure=" + value);
      values = merged_settings(own, values);
      std::erase_if(values, [&](const std::string& s) {
        return gives(arguments, "--measure") && option_name(s) == "measure";
      });
      remove_flag(arguments, flag);
    } else if (gives(arguments, flag)) {
      continue;
    }
    for (const std::string& value : values) more.push_back(flag + "=" + value);
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
}

// "--resume RUN" -> "--resume --out=RUN", unless --out says which run.
void spell_resume(Words& arguments) {
  if (gives(arguments, "--out")) return;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string& word = arguments[i];
    if (word == "--resume" && i + 1 < arguments.size() && !arguments[i + 1].starts_with('-')) {
      arguments[i + 1] = "--out=" + arguments[i + 1];
      return;
    }
    if (word.starts_with("--resume=") && word != "--resume=true" && word != "--resume=false") {
      arguments.push_back("--out=" + word.substr(9));
      word = "--resume";
      return;
    }
  }
}

}  // namespace

MergedFlags merge_flags(Words arguments, const Words& known, std::size_t named) {
  MergedFlags merged;
  const Words files = values_of(arguments, "--config");
  std::vector<std::vector<ConfigFlag>> read;
  bool out = gives(arguments, "--out");
  for (const std::string& file : files) {
    read.push_back(read_config(file));
    std::vector<ConfigFlag>& flags = read.back();
    for (const ConfigFlag& item : flags) {
      const std::string flag = "--" + item.name;
      if (item.name == "preset")
        merged.preset = item.values.empty() ? "" : item.values[0];
      else if (std::find(known.begin(), known.end(), flag) == known.end())
        fail(Fault::usage,
             "{}: '{}': no such flag; an option of the graph is written set = [\"{}=...\"]{}",
             item.where, item.name, item.name, suggestion(flag, known));
      out = out || item.name == "out";
      merged.where.emplace(flag, item.where);
    }
    std::erase_if(flags, [](const ConfigFlag& item) { return item.name == "preset"; });
  }
  if (!out) spell_resume(arguments);
  for (auto it = merged.where.begin(); it != merged.where.end();)
    it = gives(arguments, it->first) ? merged.where.erase(it) : std::next(it);
  for (const std::vector<ConfigFlag>& flags : read) add(arguments, flags);

  const Words run = values_of(arguments, "--out");
  if (gives(arguments, "--resume") && !gives(arguments, "--resume=false") && !run.empty()) {
    try {
      const RunInfo info = read_run_index(run[0]).info;
      // A run of another graph is refused as such; its flags are none of this one.
      const bool other = arguments.size() > named && !arguments[named].starts_with('-') &&
                         arguments[named] != info.graph;
      std::vector<ConfigFlag> stored;
      if (!other)
        for (const auto& [name, values] : info.flags) stored.push_back({name, values, {}});
      add(arguments, stored);
      if (merged.preset.empty()) merged.preset = info.graph;
    } catch (const Error&) {
      merged.unread = std::current_exception();
    }
  }
  merged.arguments = std::move(arguments);
  return merged;
}

}  // namespace ganflow::cli
