#include "graphs/parts/image_data.h"

#include <cstdlib>
#include <map>
#include <mutex>

#include "engine/error.h"

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

DataSet add_images(Graph& graph, const std::string& name, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read) {
  const std::shared_ptr<const ImageSet> data = read_once(name + ":" + key, read);
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
          .stored = true,
          .unlabelled = data->unlabelled};
}

}  // namespace ganflow
