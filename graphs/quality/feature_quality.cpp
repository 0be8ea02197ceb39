#include "graphs/quality/feature_quality.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/suggest.h"
#include "ops/metrics/measured_rows.h"
#include "ops/metrics/quality/class_confidence.h"
#include "ops/metrics/quality/inception_score.h"
#include "ops/metrics/quality/kernel_distance.h"

namespace ganflow {
namespace {

constexpr int kSplits = 10;

struct Quantity {
  const char* name;
  const char* unit;
  const char* text;
};

struct Measure {
  std::string name;
  std::vector<Quantity> columns;
};

const std::vector<Measure>& table() {
  static const std::vector<Measure> all = {
      {"fid", {{"fid", "1", "Frechet distance of the features' Gaussians"}}},
      {"kid",
       {{"kid", "1", "kernel distance, mean of subsets"},
        {"kid_deviation", "1", "its deviation over the subsets"}}},
      {"is",
       {{"is", "1", "inception score, mean of 10 splits"},
        {"is_deviation", "1", "its deviation over the splits"}}},
      {"precision", {{"precision", "1", "share of generated rows near real ones, k = 3"}}},
      {"recall", {{"recall", "1", "share of real rows near generated ones, k = 3"}}},
      {"density", {{"density", "1", "real balls around a generated row over k = 5"}}},
      {"coverage", {{"coverage", "1", "share of real balls that are met, k = 5"}}},
      {"confidence",
       {{"confidence", "1", "mean of the greatest probability"},
        {"classes", "1", "classes with at least 2 % of the samples"},
        {"success", "1", "1: confidence >= 0.9 and at least 8 classes (R-34)"}}},
      {"class_accuracy",
       {{"class_accuracy", "1", "share of samples whose class is seen to be their label"}}}};
  return all;
}

const Measure& find(const std::string& name) {
  for (const Measure& measure : table())
    if (measure.name == name) return measure;
  fail(Fault::usage, "'{}': no such measure{}", name, suggestion(name, feature_measures()));
}

class FeatureQualityMetric : public Metric {
 public:
  explicit FeatureQualityMetric(FeatureQuality options) : options_(std::move(options)) {
    options_.check();
    const Picture& p = options_.picture;
    image_ = p.channels * p.height * p.width;
  }
  std::vector<MetricColumn> columns() const override { return options_.columns(); }
  Extent samples() const override { return options_.samples; }
  bool has_data() const override { return options_.real != nullptr; }
  std::optional<Extent> row_elements() const override { return image_ + options_.labelled; }

  std::vector<double> measure(const Measurement& m) const override {
    const Extent row = image_ + options_.labelled;
    const auto rows = measured_rows(m, "feature_quality", samples(), row);
    if (!options_.labelled) return options_.measure(rows, {}, m.seed);
    std::vector<float> images, labels;
    for (Extent i = 0; i < samples(); ++i) {
      const auto begin = rows.begin() + i * row;
      images.insert(images.end(), begin, begin + image_);
      labels.push_back(begin[image_]);
    }
    return options_.measure(images, labels, m.seed);
  }

 private:
  FeatureQuality options_;
  Extent image_ = 0;
};

}  // namespace

RealFeatures::RealFeatures(Extracted extracted, std::string name)
    : name_(std::move(name)), extracted_(std::move(extracted)) {}

const FrechetReference& RealFeatures::gaussian() const {
  std::call_once(gaussian_once_, [&] { gaussian_.emplace(feature_statistics(rows())); });
  return *gaussian_;
}
const NeighbourhoodReference& RealFeatures::neighbourhoods() const {
  std::call_once(neighbourhoods_once_, [&] { neighbourhoods_.emplace(rows()); });
  return *neighbourhoods_;
}

const std::vector<std::string>& feature_measures() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Measure& measure : table()) all.push_back(measure.name);
    return all;
  }();
  return names;
}

void FeatureQuality::check() const {
  if (!extractor || measures.empty())
    fail(Fault::usage, "feature_quality: it needs an extractor and a measure");
  extractor->require_images(picture);
  check_samples("feature_quality", samples, kSplits);
  for (const std::string& name : measures) {
    const bool of_classes = name == "is" || name == "confidence" || name == "class_accuracy";
    if (of_classes && !extractor->has_classes())
      fail(Fault::usage, "measure '{}' is of classes, which extractor {} does not see", name,
           extractor->name());
    if (find(name).name == "class_accuracy" && !labelled)
      fail(Fault::usage,
           "class_accuracy is of samples with labels, which only a conditional "
           "generator's have");
  }
}

std::vector<MetricColumn> FeatureQuality::columns() const {
  std::vector<MetricColumn> columns;
  for (const std::string& name : measures)
    for (const Quantity& column : find(name).columns)
      columns.push_back(
          {column.name, column.unit,
           fmt::format("{}; {} samples against {}, extractor {}, resize {}", column.text, samples,
                       real ? fmt::format("{} of {}", real->n(), real->name()) : "no real images",
                       extractor->name(), extractor->resize_rule())});
  return columns;
}

std::vector<double> FeatureQuality::measure(std::span<const float> images,
                                            std::span<const float> labels,
                                            std::uint64_t seed) const {
  if (!real)
    fail(Fault::usage,
         "the real images of the run are not at hand; say where they are, --data SET:PATH");
  if (!all_finite(images))
    fail(Fault::replica, "feature_quality: a generated image holds values that are not finite");
  const Extracted seen = extractor->extract(images, samples, picture);
  const FeatureRows rows{seen.features, seen.n, seen.width};
  const FeatureRows logits{seen.logits, seen.n, seen.classes};
  std::optional<Neighbourhoods> near;
  const auto neighbours = [&]() -> const Neighbourhoods& {
    if (!near) near = real->neighbourhoods().measure(rows);
    return *near;
  };
  std::vector<double> values;
  const auto put = [&](std::initializer_list<double> more) {
    values.insert(values.end(), more.begin(), more.end());
  };
  for (const std::string& name : measures) {
    if (name == "fid") put({real->gaussian().distance(feature_statistics(rows))});
    if (name == "kid") {
      const KernelDistanceOptions kid{.size = std::min({Extent{1000}, samples, real->n()}),
                                      .seed = seed};
      const MeanDeviation d = kernel_distance(rows, real->rows(), kid);
      put({d.mean, d.deviation});
    }
    if (name == "is") {
      const MeanDeviation d = inception_score(logits, kSplits);
      put({d.mean, d.deviation});
    }
    if (name == "precision") put({neighbours().precision});
    if (name == "recall") put({neighbours().recall});
    if (name == "density") put({neighbours().density});
    if (name == "coverage") put({neighbours().coverage});
    if (name == "confidence") {
      const ClassConfidence c = class_confidence(logits);
      put({c.confidence, double(c.classes), double(c.success)});
    }
    if (name == "class_accuracy") put({class_accuracy(logits, labels)});
  }
  return values;
}

std::shared_ptr<const Metric> FeatureQuality::open() const {
  return std::make_shared<FeatureQualityMetric>(*this);
}

}  // namespace ganflow
