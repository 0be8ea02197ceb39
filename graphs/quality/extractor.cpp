#include "graphs/quality/extractor.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/error.h"
#include "engine/graph/graph.h"
#include "engine/graph/lower.h"
#include "engine/program/concat.h"
#include "engine/run/evaluation.h"
#include "graphs/networks/classifier.h"
#include "graphs/networks/inception.h"
#include "ops/layers/forward.h"
#include "ops/layers/linear.h"
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

Extent number(const std::string& where, const ExtractorFile& file, const std::string& option,
              Extent least = 1) {
  const auto found = file.options.find(option);
  const std::string text = found == file.options.end() ? "" : found->second;
  Extent value = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end || value < least)
    fail(Fault::input, "{}: its network's {} is '{}', it must be a whole number from {}", where,
         option, text, least);
  return value;
}

constexpr Extent kInceptionClasses = 1008;

// The layers of a file's network, and how many images fill its products.
struct Sight {
  Network::Forward features, head;  // no head: no classes
  Extent rows = 32;
};

Sight classifier_sight(const std::string& where, const ExtractorFile& file, const Picture& p) {
  const ClassifierNetwork o{
      .channels = p.channels,
      .side = std::max(p.height, p.width),
      .width = number(where, file, "width"),
      // Files of the first version do not say it.
      .blocks = file.options.contains("blocks") ? number(where, file, "blocks", 0) : 0};
  return {.features = classifier_features(o),
          .head = classifier_head(number(where, file, "classes"))};
}

Sight inception_sight(const std::string& where, const ExtractorFile& file, const Picture&) {
  const InceptionFeatures features{.depth = number(where, file, "depth")};
  Sight sight{.features = features, .head = {}, .rows = 10};
  if (features.depth == kInceptionDepths.back())
    sight.head = layers({Linear{.out = kInceptionClasses, .bias = false}});
  return sight;
}

}  // namespace

Extractor::Extractor(const std::string& where, ExtractorFile file)
    : where_(where), file_(std::move(file)), device_(open_device("cpu")) {
  takes_ = {.height = 0, .width = 0, .channels = 0, .lo = -1, .hi = 1};
  Picture first{.height = 32, .width = 32, .channels = 3};
  if (file_.network == "classifier") {
    takes_.height = number(where, file_, "image.height");
    takes_.width = number(where, file_, "image.width");
    takes_.channels = number(where, file_, "image.channels");
    classes_ = number(where, file_, "classes");
    first = takes_;
  } else if (file_.network == "inception") {
    const Extent depth = number(where, file_, "depth");
    if (std::ranges::find(kInceptionDepths, depth) == kInceptionDepths.end())
      fail(Fault::input, "{}: its network's depth is {}, it must be 64, 192, 768 or 2048", where,
           depth);
    if (depth == kInceptionDepths.back()) classes_ = kInceptionClasses;
  } else {
    fail(Fault::input, "{}: its network is '{}', this version knows: classifier, inception", where,
         file_.network);
  }
  const LoweredReplica& network = lowered(first);
  features_ = network.evaluations[0].row[0] - classes_;
  for (const VariableInfo& v : network.variables) {
    const auto found = file_.shapes.find(v.name);
    if (found == file_.shapes.end() || !(found->second == v.shape))
      fail(Fault::input, "{}: its weights are not those of its network: {} must have shape {}, {}",
           where, v.name, v.shape.str(),
           found == file_.shapes.end() ? "it is missing" : "it has " + found->second.str());
    state_.variables[v.name] = std::move(file_.values.at(v.name));
  }
  if (file_.shapes.size() != network.variables.size())
    fail(Fault::input, "{}: its weights are not those of its network: {} tensors for {}", where,
         file_.shapes.size(), network.variables.size());
  file_.values.clear();
}

LoweredReplica Extractor::lower_for(const Picture& p) const {
  const Sight sight = file_.network == "inception" ? inception_sight(where_, file_, p)
                                                   : classifier_sight(where_, file_, p);
  Graph g("extractor", {.batch = sight.rows});
  const Port images = g.add("images", GivenOptions{{p.channels, p.height, p.width}});
  Port rows = g.add("forward", Forward{g.network("features", sight.features)}, images);
  if (sight.head)
    rows = g.add(
        "rows",
        [](Formula&, Value x, Value y) {
          return concat(std::array{x, y}, 1);
        },
        rows, g.add("logits", Forward{g.network("head", sight.head)}, rows));
  std::vector<MetricColumn> columns;
  for (Extent c = 0; c < rows.shape()[1]; ++c) columns.push_back({std::to_string(c), "1", ""});
  g.evaluate("extract", HeldOut{.columns = columns, .samples = sight.rows}, rows, every(1));
  ProgramCache cache;
  return lower(g, 0, cache, *device_);
}

const LoweredReplica& Extractor::lowered(const Picture& p) const {
  const std::lock_guard lock(mutex_);
  const std::array<Extent, 3> key{p.height, p.width, p.channels};
  auto found = lowered_.find(key);
  if (found == lowered_.end()) found = lowered_.emplace(key, lower_for(p)).first;
  return found->second;
}

std::string Extractor::resize_rule() const {
  return takes_.height ? "none" : "bilinear to 299 x 299";
}

std::string Extractor::name() const {
  return fmt::format("{} {:08x}", file_.network, file_.state_crc);
}

void Extractor::require_images(const Picture& p) const {
  if (takes_.height == 0) {
    if (p.channels == 1 || p.channels == 3) return;
    fail(Fault::usage, "extractor {} takes images with 1 or 3 channels, these have {}", where_,
         p.channels);
  }
  if (p.height != takes_.height || p.width != takes_.width || p.channels != takes_.channels)
    fail(Fault::usage,
         "extractor {} takes images of {} x {} pixels with {} channel{}, these have {} x {} with "
         "{}: take one that was trained on such images",
         where_, takes_.height, takes_.width, takes_.channels, takes_.channels == 1 ? "" : "s",
         p.height, p.width, p.channels);
}

Extracted Extractor::extract(std::span<const float> images, Extent n, const Picture& p) const {
  require_images(p);
  const LoweredReplica& network = lowered(p);
  LoweredEvaluation e = network.evaluations[0];
  const Shape item{p.channels, p.height, p.width};
  const double scale = (takes_.hi - takes_.lo) / (p.hi - p.lo);
  e.draws[0].source = std::make_shared<GivenImages>(
      item, images.first(static_cast<std::size_t>(n * item.elements())), scale,
      takes_.lo - scale * p.lo);
  const std::vector<float> rows = generate(network, e, state_, n, 0, *device_);
  const Extent columns = e.row[0];
  Extracted all{.n = n, .width = features_, .classes = classes_, .features = {}, .logits = {}};
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

ExtractorFile classifier_extractor(const Picture& p, Extent classes,
                                   const ClassifierNetwork& network,
                                   const std::map<std::string, std::vector<float>>& values,
                                   const std::map<std::string, Shape>& shapes) {
  ExtractorFile file{.network = "classifier",
                     .options = {{"width", std::to_string(network.width)},
                                 {"blocks", std::to_string(network.blocks)},
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
