// What stands behind the colon of --data: a path, then words with a #, "pets#test#skip-bad".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ganflow {

// The words a set knows.
struct DataWords {
  std::vector<std::string> parts;   // of which one is read: "train", "test"; the first unless said
  std::vector<std::string> others;  // "skip-bad"
  std::vector<std::string> named;   // those with a value behind them: "images" in #images=data/x
};

struct DataPath {
  std::string path;
  std::string part;                 // empty: not said
  std::vector<std::string> others;  // those that were said
  std::map<std::string, std::string> values;
  std::string node;  // for the source: the set, ".test" behind it where that part is read

  bool has(const std::string& word) const;
  std::string value(const std::string& name) const;  // empty: not said
};

// Takes the words off the end of `text`; a path may hold a # itself. Throws Error(usage) for a word
// that is not known where no file has the whole as its path, and for two parts.
DataPath data_path(const Graph& graph, const std::string& set, const std::string& text,
                   const DataWords& words);

}  // namespace ganflow
