#include "graphs/quality/extractor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <mutex>

#include "engine/error.h"
#include "engine/graph/graph.h"
#include "engine/graph/lower.h"
#include "engine/program/concat.h"
#include "engine/run/evaluation.h"
#include "graphs/networks/classifier.h"
#include "ops/layers/forward.h"
#include "ops/metrics/held_out.h"

namespace ganflow {
namespace {

// Images that a caller holds, item after item; those behind the last one are zeros. `scale` and
// `shift` bring their pixels into the network's range.
class GivenImages : public Source {
 public:
  GivenImages(Shape item, std::span<const float> images, double scale, double shift)
      : item_(item),
        images_(images),
        scale_(static_cast<float>(scale)),
        shift_(static_cast<float>(shift)) {}
  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{item_.with(0, batch), "NCHW"}};
  }
  bool has_items() const override { return false; }  // before a caller gives some
  void fill(const Draw& draw, Extent batch, std::span<const std::span<float>> out) const override {
    const auto rows = static_cast<std::size_t>(batch * item_.elements());
    const std::size_t first = std::min(images_.size(), draw.step * rows);
    const auto part = images_.subspan(first, std::min(rows, images_.size() - first));
    const auto end = std::transform(part.begin(), part.end(), out[0].begin(),
                                    [&](float x) { return x * scale_ + shift_; });
    std::fill(end, out[0].end(), 0.0f);
  }

 private:
  Shape item_;
  std::span<const float> images_;
  float scale_, shift_;
};

struct GivenOptions {
  Shape item;
  std::shared_ptr<const Source> open() const {
    return std::make_shared<GivenImages>(item, std::span<const float>{}, 1, 0);
  }
};

Extent number(const std::string& where, const ExtractorFile& file, const std::string& option) {
  const auto found = file.options.find(option);
  const std::string text = found == file.options.end() ? "" : found->second;
  Extent value = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end || value < 1)
    fail(Fault::input, "{}: its network's {} is '{}', it must be a whole number from 1", where,
         option, text);
  return value;
}

// Rows of one call.
constexpr Extent kRows = 250;

}  // namespace

Extractor::Extractor(const std::string& where, ExtractorFile file)
    : where_(where), file_(std::move(file)), device_(open_device("cpu")) {
  if (file_.network != "classifier")
    fail(Fault::input, "{}: its network is '{}', this version knows: classifier", where,
         file_.network);
  takes_ = {.height = number(where, file_, "image.height"),
            .width = number(where, file_, "image.width"),
            .channels = number(where, file_, "image.channels"),
            .lo = -1,
            .hi = 1};
  classes_ = number(where, file_, "classes");
  const ImageNetwork o{
      .width = number(where, file_, "width"), .kernel = 3, .channels = takes_.channels};

  Graph g("extractor", {.batch = kRows});
  const Port images = g.add("images", GivenOptions{{takes_.channels, takes_.height, takes_.width}});
  const Network features =
      g.network("features", classifier_features(o, std::max(takes_.height, takes_.width)));
  const Network head = g.network("head", classifier_head(classes_));
  const Port seen = g.add("forward", Forward{features}, images);
  const Port rows = g.add(
      "rows",
      [](Formula&, Value x, Value y) {
        return concat(std::array{x, y}, 1);
      },
      seen, g.add("logits", Forward{head}, seen));
  std::vector<MetricColumn> columns;
  for (Extent c = 0; c < rows.shape()[1]; ++c) columns.push_back({std::to_string(c), "1", ""});
  g.evaluate("extract", HeldOut{.columns = columns, .samples = kRows}, rows, every(1));
  ProgramCache cache;
  lowered_ = lower(g, 0, cache, *device_);
  for (const VariableInfo& v : lowered_.variables) {
    const auto found = file_.shapes.find(v.name);
    if (found == file_.shapes.end() || !(found->second == v.shape))
      fail(Fault::input, "{}: its weights are not those of its network: {} must have shape {}, {}",
           where, v.name, v.shape.str(),
           found == file_.shapes.end() ? "it is missing" : "it has " + found->second.str());
    state_.variables[v.name] = file_.values.at(v.name);
  }
  if (file_.shapes.size() != lowered_.variables.size())
    fail(Fault::input, "{}: its weights are not those of its network: {} tensors for {}", where,
         file_.shapes.size(), lowered_.variables.size());
}

std::string Extractor::name() const {
  return fmt::format("{} {:08x}", file_.network, file_.state_crc);
}

void Extractor::require_images(const Picture& p) const {
  if (p.height != takes_.height || p.width != takes_.width || p.channels != takes_.channels)
    fail(Fault::usage,
         "extractor {} takes images of {} x {} pixels with {} channel{}, these have {} x {} with "
         "{}: take one that was trained on such images",
         where_, takes_.height, takes_.width, takes_.channels, takes_.channels == 1 ? "" : "s",
         p.height, p.width, p.channels);
}

Extracted Extractor::extract(std::span<const float> images, Extent n, const Picture& p) const {
  require_images(p);
  LoweredEvaluation e = lowered_.evaluations[0];
  const double scale = (takes_.hi - takes_.lo) / (p.hi - p.lo);
  e.draws[0].source = std::make_shared<GivenImages>(
      Shape{takes_.channels, takes_.height, takes_.width},
      images.first(static_cast<std::size_t>(n * takes_.channels * takes_.height * takes_.width)),
      scale, takes_.lo - scale * p.lo);
  const std::vector<float> rows = generate(lowered_, e, state_, n, 0, *device_);
  const Extent columns = e.row[0];
  Extracted all{.n = n, .width = columns - classes_, .classes = classes_};
  for (Extent i = 0; i < n; ++i) {
    const auto row = rows.begin() + i * columns;
    all.features.insert(all.features.end(), row, row + all.width);
    all.logits.insert(all.logits.end(), row + all.width, row + columns);
  }
  return all;
}

std::shared_ptr<const Extractor> open_extractor(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Extractor>> opened;
  const std::lock_guard lock(mutex);
  auto& extractor = opened[path];
  if (!extractor) extractor = std::make_shared<const Extractor>(path, read_extractor(path));
  return extractor;
}

ExtractorFile classifier_extractor(const Picture& p, Extent classes, Extent width,
                                   const std::map<std::string, std::vector<float>>& values,
                                   const std::map<std::string, Shape>& shapes) {
  ExtractorFile file{.network = "classifier",
                     .options = {{"width", std::to_string(width)},
                                 {"image.channels", std::to_string(p.channels)},
                                 {"image.height", std::to_string(p.height)},
                                 {"image.width", std::to_string(p.width)},
                                 {"classes", std::to_string(classes)}}};
  for (const auto& [name, data] : values)
    if (name.starts_with("features/") || name.starts_with("head/")) {
      file.values[name] = data;
      file.shapes[name] = shapes.at(name);
    }
  return file;
}

}  // namespace ganflow
