#include "graphs/parts/data_path.h"

#include <algorithm>
#include <filesystem>

#include "engine/suggest.h"

namespace ganflow {
namespace {

bool among(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool DataPath::has(const std::string& word) const { return among(others, word); }

std::string DataPath::value(const std::string& name) const {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

DataPath data_path(const Graph& graph, const std::string& set, const std::string& text,
                   const DataWords& words) {
  DataPath data{.path = text};
  std::string unknown;
  for (auto at = data.path.rfind('#'); at != std::string::npos; at = data.path.rfind('#')) {
    const std::string word = data.path.substr(at + 1);
    std::error_code error;
    if (std::filesystem::exists(data.path, error)) break;
    if (among(words.parts, word)) {
      if (!data.part.empty())
        fail(Fault::usage, "--data {}:{}: #{} and #{} are two parts of the set, name one", set,
             text, word, data.part);
      data.part = word;
    } else if (among(words.others, word)) {
      data.others.push_back(word);
    } else if (const auto equals = word.find('=');
               equals != word.npos && among(words.named, word.substr(0, equals))) {
      data.values[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      unknown = word;
      break;
    }
    data.path.erase(at);
  }
  data.node = set;
  if (!data.part.empty() && data.part != words.parts[0]) data.node += "." + data.part;
  // Of a run that is used again nothing is read: its path may hold a # and be gone.
  if (!unknown.empty() && !graph.kept_images(data.node)) {
    std::vector<std::string> known = words.parts;
    known.insert(known.end(), words.others.begin(), words.others.end());
    for (const std::string& name : words.named) known.push_back(name + "=");
    fail(Fault::usage, "--data {}:{}: '#{}' is unknown{}", set, text, unknown,
         suggestion(unknown, known));
  }
  return data;
}

}  // namespace ganflow
