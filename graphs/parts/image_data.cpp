#include "graphs/parts/image_data.h"

#include <cstdlib>
#include <map>
#include <mutex>

#include "engine/error.h"

namespace ganflow {
namespace {

// What a process read, and its record, which takes a pass over all bytes.
struct LoadedImages {
  ImageSet set;
  ImageRecord record;
};

ImageRecord record_of(const ImageSet& data) {
  return {.count = data.count,
          .channels = data.channels,
          .height = data.height,
          .width = data.width,
          .classes = data.labels.empty() ? 0 : data.classes,
          .class_names = data.class_names,
          .unlabelled = data.unlabelled,
          .crc32 = checksum(data)};
}

std::shared_ptr<const LoadedImages> read_once(const std::string& key,
                                              const std::function<ImageSet()>& read) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const LoadedImages>> loaded;
  const std::lock_guard lock(mutex);
  auto& images = loaded[key];
  if (!images) {
    ImageSet set = read();
    ImageRecord record = record_of(set);
    images = std::make_shared<LoadedImages>(LoadedImages{std::move(set), std::move(record)});
  }
  return images;
}

// In the place of images that a graph needs the shapes of, and never their values.
class KeptImages : public Source {
 public:
  KeptImages(ImageRecord record, bool planes) : record_(std::move(record)), planes_(planes) {}

  std::vector<PortSpec> outputs(Extent batch) const override {
    const ImageRecord& r = record_;
    std::vector<PortSpec> all = {planes_
                                     ? PortSpec{{batch, r.channels, r.height, r.width}, "NCHW"}
                                     : PortSpec{{batch, r.channels * r.height * r.width}, "NP"}};
    if (r.classes > 0)
      all.push_back({.shape = {batch}, .axes = "N", .name = "label", .classes = r.classes});
    return all;
  }
  std::optional<std::uint64_t> size() const override {
    return static_cast<std::uint64_t>(record_.count);
  }
  bool has_items() const override { return false; }
  void fill(const Draw&, Extent, std::span<const std::span<float>>) const override {
    fail(Fault::usage,
         "the images of the run are not at hand; say where they are, --data SET:PATH");
  }

 private:
  ImageRecord record_;
  bool planes_;
};

struct KeptSet {
  ImageRecord record;
  bool planes = false;
  std::shared_ptr<const Source> open() const {
    return std::make_shared<KeptImages>(record, planes);
  }
};

// The node of stored images.
Port add_stored(Graph& graph, const std::string& name, const std::shared_ptr<const ImageSet>& data,
                DataForm form, bool dequantise) {
  MemorySet set{.name = name,
                .bytes = {data, &data->bytes},
                .item = {data->image_bytes()},
                .axes = "P",
                .classes = data->classes,
                .range = form.range,
                .dequantise = dequantise && form.part != Part::held_out,
                .in_order = form.in_order || form.part == Part::held_out};
  if (form.planes) {
    set.item = {data->channels, data->height, data->width};
    set.axes = "CHW";
  }
  if (!data->labels.empty()) set.labels = {data, &data->labels};
  return graph.add(name, set);
}

}  // namespace

ImageSet part_of(ImageSet set, Part part) {
  if (part == Part::whole) return set;
  const auto bytes = static_cast<std::ptrdiff_t>(set.image_bytes());
  Extent kept = 0;
  for (Extent i = 0; i < set.count; ++i) {
    if ((i % 10 == 9) != (part == Part::held_out)) continue;
    std::copy_n(set.bytes.begin() + i * bytes, bytes, set.bytes.begin() + kept * bytes);
    if (!set.labels.empty()) set.labels[kept] = set.labels[i];
    ++kept;
  }
  set.count = kept;
  set.bytes.resize(static_cast<std::size_t>(kept * bytes));
  if (!set.labels.empty()) set.labels.resize(static_cast<std::size_t>(kept));
  return set;
}

std::string data_directory(const Graph& graph, const std::string& set, const std::string& node,
                           const std::string& path, const std::string& folder) {
  if (!path.empty() || graph.kept_images(node)) return path;
  if (const char* root = std::getenv("GANFLOW_DATA")) return std::string(root) + "/" + folder;
  fail(Fault::usage,
       "--data {}: say where its files are, --data {}:DIR, or set GANFLOW_DATA to the folder that "
       "holds '{}'",
       set, set, folder);
}

Extent size_option(Graph& graph) {
  return graph.option(
      Option<int>{"size", 0, between(0, 1024),
                  "side that images in files are cropped and resized to, pixels; 0: as they are"});
}

DataSet add_images(Graph& graph, const std::string& name, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read) {
  const ImageRecord* kept = graph.kept_images(name);
  std::shared_ptr<const LoadedImages> loaded;
  if (!kept) {
    loaded = read_once(name + ":" + key, read);
    graph.note(name + ": " + summary(loaded->set));
    for (const std::string& sentence : loaded->set.notes) graph.note(name + ": " + sentence);
  }
  const bool dequantise = graph.option(Option<bool>{
      "dequantise", form.dequantise, "spread grey levels over their intervals (MU-12)"});
  const ImageRecord record = kept ? *kept : loaded->record;
  graph.keep_images(name, record);
  return {.port = kept ? graph.add(name, KeptSet{record, form.planes})
                       : add_stored(graph, name, {loaded, &loaded->set}, form, dequantise),
          .features = record.channels * record.height * record.width,
          .picture = {.height = record.height,
                      .width = record.width,
                      .channels = record.channels,
                      .lo = form.range == PixelRange::unit ? 0.0 : -1.0,
                      .hi = 1},
          .count = record.count,
          .stored = true,
          .unlabelled = record.unlabelled};
}

}  // namespace ganflow
