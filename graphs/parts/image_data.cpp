#include "graphs/parts/image_data.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {
namespace {

std::shared_ptr<const ImageSet> read_once(const std::string& key,
                                          const std::function<ImageSet()>& read) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const ImageSet>> loaded;
  const std::lock_guard lock(mutex);
  auto& data = loaded[key];
  if (!data) data = std::make_shared<ImageSet>(read());
  return data;
}

}  // namespace

std::string data_directory(const std::string& name, const std::string& path,
                           const std::string& folder) {
  if (!path.empty()) return path;
  if (const char* root = std::getenv("GANFLOW_DATA")) return std::string(root) + "/" + folder;
  fail(Fault::usage,
       "--data {}: say where its files are, --data {}:DIR, or set GANFLOW_DATA to the folder that "
       "holds '{}'",
       name, name, folder);
}

DataPath data_path(const std::string& set, const std::string& text,
                   const std::vector<std::string>& words) {
  DataPath data{.path = text};
  for (auto at = data.path.rfind('#'); at != std::string::npos; at = data.path.rfind('#')) {
    const std::string word = data.path.substr(at + 1);
    std::error_code error;
    if (std::filesystem::exists(data.path, error)) break;
    if (std::find(words.begin(), words.end(), word) == words.end())
      fail(Fault::usage, "--data {}:{}: '#{}' is unknown{}", set, text, word,
           suggestion(word, words));
    if (word == "skip-bad")
      data.skip_bad = true;
    else
      data.split = word;
    data.path.erase(at);
  }
  return data;
}

DataSet add_images(Graph& graph, const std::string& name, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read) {
  const std::shared_ptr<const ImageSet> data = read_once(name + ":" + key, read);
  graph.note(name + ": " + summary(*data));
  for (const std::string& sentence : data->notes) graph.note(name + ": " + sentence);
  const bool dequantise = graph.option(Option<bool>{
      "dequantise", form.dequantise, "spread grey levels over their intervals (MU-12)"});
  const Extent pixels = data->image_bytes();
  MemorySet set{.name = name,
                .bytes = {data, &data->bytes},
                .item = {pixels},
                .axes = "P",
                .classes = data->classes,
                .range = form.range,
                .dequantise = dequantise};
  if (form.planes) {
    set.item = {data->channels, data->height, data->width};
    set.axes = "CHW";
  }
  if (!data->labels.empty()) set.labels = {data, &data->labels};
  return {.port = graph.add(name, set),
          .features = pixels,
          .picture = {.height = data->height,
                      .width = data->width,
                      .channels = data->channels,
                      .lo = form.range == PixelRange::unit ? 0.0 : -1.0,
                      .hi = 1},
          .unlabelled = data->unlabelled};
}

}  // namespace ganflow
