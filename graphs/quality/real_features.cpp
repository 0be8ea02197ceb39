#include "graphs/quality/real_features.h"

#include <algorithm>
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

std::vector<float> StoredImages::all() const {
  const Extent elements = picture.channels * picture.height * picture.width;
  std::vector<float> images(static_cast<std::size_t>(n * elements));
  std::vector<float> chunk(static_cast<std::size_t>(kChunk * elements));
  for (Extent first = 0; first < n; first += kChunk) {
    source->fill_main({.seed = 0, .stream = 0, .step = static_cast<Step>(first / kChunk)}, kChunk,
                      chunk);
    std::copy_n(chunk.begin(), std::min(kChunk, n - first) * elements,
                images.begin() + first * elements);
  }
  return images;
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
  std::string name = data.substr(0, data.find(':'));
  if (const auto word = data.find('#'); word != data.npos)
    name += data.substr(word);
  else if (part == Part::held_out)
    name += "#test";
  return {set.port.source(), set.count, set.picture, name};
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
    features = std::make_shared<const RealFeatures>(
        extractor->extract(images.all(), images.n, images.picture), images.name);
  }
  return features;
}

}  // namespace ganflow
