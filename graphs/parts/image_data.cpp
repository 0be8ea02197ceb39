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

ImageSet every_tenth(const ImageSet& set, bool held_out) {
  ImageSet part = set;
  part.count = 0;
  part.bytes.clear();
  part.labels.clear();
  const Extent bytes = set.image_bytes();
  for (Extent i = 0; i < set.count; ++i) {
    if ((i % 10 == 9) != held_out) continue;
    const auto from = set.bytes.begin() + i * bytes;
    part.bytes.insert(part.bytes.end(), from, from + bytes);
    if (!set.labels.empty()) part.labels.push_back(set.labels[static_cast<std::size_t>(i)]);
    ++part.count;
  }
  return part;
}

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
  const bool held_out = form.part == Part::held_out;
  MemorySet set{.name = name,
                .bytes = {data, &data->bytes},
                .item = {pixels},
                .axes = "P",
                .classes = data->classes,
                .range = form.range,
                .dequantise = dequantise && !held_out,
                .in_order = held_out};
  if (form.planes) {
    set.item = {data->channels, data->height, data->width};
    set.axes = "CHW";
  }
  if (!data->labels.empty()) set.labels = {data, &data->labels};
  return {.port = graph.add(held_out ? name + ".test" : name, set),
          .features = pixels,
          .picture = {.height = data->height,
                      .width = data->width,
                      .channels = data->channels,
                      .lo = form.range == PixelRange::unit ? 0.0 : -1.0,
                      .hi = 1},
          .count = data->count,
          .unlabelled = data->unlabelled};
}

}  // namespace ganflow
