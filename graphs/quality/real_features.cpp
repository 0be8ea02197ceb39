#include "graphs/quality/real_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <tuple>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr Extent kChunk = 250;  // images drawn from a source at once

// Options by which images of a set are read.
bool is_of_images(const std::string& option) {
  return option.starts_with("images.") || option == "size";
}

}  // namespace

std::vector<float> StoredImages::all() const { return output(0); }

std::vector<float> StoredImages::labels() const {
  const std::vector<PortSpec> outputs = source->outputs(kChunk);
  const auto label = std::ranges::find(outputs, "label", &PortSpec::name);
  if (label == outputs.end()) return {};
  return output(static_cast<std::size_t>(label - outputs.begin()));
}

std::vector<float> StoredImages::output(std::size_t which) const {
  const std::vector<PortSpec> outputs = source->outputs(kChunk);
  const Extent elements = outputs[which].shape.row_elements();
  std::vector<float> rows(static_cast<std::size_t>(n * elements));
  std::vector<float> chunk(static_cast<std::size_t>(kChunk * elements));
  std::vector<std::span<float>> out(outputs.size());
  out[which] = chunk;
  for (Extent first = 0; first < n; first += kChunk) {
    source->fill({.seed = 0, .stream = 0, .step = static_cast<Step>(first / kChunk)}, kChunk, out);
    std::copy_n(chunk.begin(), std::min(kChunk, n - first) * elements,
                rows.begin() + first * elements);
  }
  return rows;
}

StoredImages stored_images(const std::string& data, Part part, const Extractor& extractor,
                           const std::map<std::string, std::string>& values) {
  GraphSettings settings{.batch = 1};
  for (const auto& [name, value] : values)
    if (is_of_images(name)) settings.values[name] = value;
  Graph graph("extractor", settings);
  const Picture& takes = extractor.takes();
  const bool folder = data.starts_with("images:");
  DataForm form{.planes = true, .range = PixelRange::symmetric, .part = part, .in_order = true};
  if (folder && takes.height == takes.width) form.side = takes.height;
  if (folder) form.channels = takes.channels;
  const DataSet set = add_data(graph, data, form);
  if (!set.stored)
    fail(Fault::usage,
         "--data {}: images are measured against stored ones, this set is drawn "
         "without end",
         data);
  return {set.port.source(), set.count, set.picture, name_of_part(data, part),
          graph.images().at(set.port.name()).crc32};
}

Extracted kept_features(const StoredImages& images, const Extractor& extractor,
                        const std::filesystem::path& folder) {
  extractor.require_images(images.picture);
  const Picture& p = images.picture;
  const std::string key = fmt::format(
      "features, ganflow {}\n{}, resize {}, program {:016x}\n{}: {} of {} x {} x {}, crc32 "
      "{:08x}\n",
      GANFLOW_VERSION, extractor.name(), extractor.resize_rule(), extractor.program_hash(p),
      images.name, images.n, p.channels, p.height, p.width, images.crc32);
  const bool keep = !folder.empty() && extractor.file().state_crc != 0;
  const std::filesystem::path file = keep ? cache_file(folder, key, "features") : folder;
  if (keep)
    if (const std::optional<std::string> kept = read_cached(file, key)) {
      std::vector<float> features(kept->size() / sizeof(float));
      std::memcpy(features.data(), kept->data(), features.size() * sizeof(float));
      const Extent width = static_cast<Extent>(features.size()) / images.n;
      return {.n = images.n, .width = width, .features = std::move(features), .logits = {}};
    }
  Extracted seen = extractor.extract(images.all(), images.n, p);
  seen.classes = 0;
  seen.logits.clear();
  if (keep)
    write_cached(file, key,
                 {reinterpret_cast<const char*>(seen.features.data()),
                  seen.features.size() * sizeof(float)});
  return seen;
}

std::shared_ptr<const RealFeatures> real_features(
    const std::string& data, Part part, const std::shared_ptr<const Extractor>& extractor,
    const std::map<std::string, std::string>& values) {
  using Key = std::tuple<std::string, Part, std::string, std::map<std::string, std::string>>;
  static std::mutex mutex;
  static std::map<Key, std::shared_ptr<const RealFeatures>> made;
  const std::lock_guard lock(mutex);
  std::map<std::string, std::string> of_images;
  for (const auto& [name, value] : values)
    if (is_of_images(name)) of_images.emplace(name, value);
  auto& features = made[{data, part, extractor->name(), of_images}];
  if (!features) {
    const StoredImages images = stored_images(data, part, *extractor, values);
    features = std::make_shared<const RealFeatures>(kept_features(images, *extractor), images.name);
  }
  return features;
}

}  // namespace ganflow
