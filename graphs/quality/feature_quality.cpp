#include "graphs/quality/feature_quality.h"

#include <algorithm>

#include "engine/error.h"
#include "graphs/quality/feature_measures.h"
#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

class FeatureQualityMetric : public Metric {
 public:
  explicit FeatureQualityMetric(FeatureQuality options) : options_(std::move(options)) {
    options_.check();
    const Picture& p = options_.picture;
    image_ = p.channels * p.height * p.width;
  }
  std::vector<MetricColumn> columns() const override {
    std::vector<MetricColumn> columns;
    for (const std::string& name : options_.measures) {
      FeatureQuality one = options_;
      one.measures = {name};
      for (MetricColumn& column : one.columns()) {
        column.description += "; " + one.provenance() + ", draws by the replica's seed";
        columns.push_back(std::move(column));
      }
    }
    return columns;
  }
  Extent samples() const override { return options_.samples; }
  bool has_data() const override { return options_.real || !options_.compares(); }
  std::optional<Extent> row_elements() const override { return image_; }
  std::vector<std::string> beside() const override {
    return options_.labelled ? std::vector<std::string>{"class"} : std::vector<std::string>{};
  }

  std::vector<double> measure(const Measurement& m) const override {
    const auto images = measured_rows(m, "feature_quality", samples(), image_);
    return options_.measure(images, options_.labelled ? m.beside[0] : std::span<const float>{},
                            m.seed);
  }

 private:
  FeatureQuality options_;
  Extent image_ = 0;
};

}  // namespace

RealFeatures::RealFeatures(Extracted extracted, std::string name)
    : name_(std::move(name)), extracted_(std::move(extracted)) {}

const FrechetReference& RealFeatures::gaussian(double regularise) const {
  const std::lock_guard lock(gaussian_mutex_);
  auto found = gaussian_.find(regularise);
  if (found == gaussian_.end())
    found = gaussian_.emplace(regularise, FrechetReference(feature_statistics(rows()), regularise))
                .first;
  return found->second;
}
const NeighbourhoodReference& RealFeatures::neighbourhoods() const {
  std::call_once(neighbourhoods_once_, [&] { neighbourhoods_.emplace(rows()); });
  return *neighbourhoods_;
}

void FeatureQuality::check() const {
  if (!extractor || measures.empty())
    fail(Fault::usage, "feature_quality: it needs an extractor and a measure");
  extractor->require_images(picture);
  check_samples("feature_quality", samples, kScoreSplits);
  for (const std::string& name : measures) {
    if (std::ranges::count(measures, name) > 1)
      fail(Fault::usage, "measure '{}' is asked for twice, once is enough", name);
    if (feature_measure(name).of_classes && !extractor->has_classes())
      fail(Fault::usage, "measure '{}' is of classes, which extractor {} does not see", name,
           extractor->name());
    if (name == "class_accuracy" && !labelled)
      fail(Fault::usage,
           "class_accuracy is of samples with labels, which only a conditional "
           "generator's have");
    const Extent rows = covariance_rows(name, *this);
    if (rows > 0 && rows <= extractor->features() && regularise == 0)
      fail(Fault::usage,
           "measure '{}': the covariance of {} samples with {} features is singular, take at least "
           "{} samples, an extractor of fewer features, or regularise=1e-6",
           name, rows, extractor->features(), extractor->features() + 1);
  }
}

std::vector<MetricColumn> FeatureQuality::columns() const {
  std::vector<MetricColumn> columns;
  for (const std::string& name : measures) {
    const FeatureMeasure& measure = feature_measure(name);
    for (const FeatureColumn& column : measure.columns)
      columns.push_back(
          {column.name, "1", fmt::format("{}; {}", column.text, measure.estimator(*this))});
  }
  return columns;
}

std::string FeatureQuality::provenance() const {
  const std::string reference = !compares() ? ""
                                : real ? fmt::format(" against {} of {}", real->n(), real->name())
                                       : " against no real images";
  return fmt::format("{} samples{}, extractor {}, resize {}", samples, reference, extractor->name(),
                     extractor->resize_rule());
}

bool FeatureQuality::compares() const {
  return std::ranges::any_of(
      measures, [](const std::string& name) { return feature_measure(name).compares; });
}

std::vector<double> FeatureQuality::measure(std::span<const float> images,
                                            std::span<const float> labels,
                                            std::uint64_t seed) const {
  if (!real && compares())
    fail(Fault::usage,
         "the real images of the run are not at hand; say where they are, --data SET:PATH");
  if (!all_finite(images))
    fail(Fault::replica, "feature_quality: a generated image holds values that are not finite");
  const Extracted seen = extractor->extract(images, samples, picture);
  SeenSamples all{.options = *this,
                  .rows = {seen.features, seen.n, seen.width},
                  .logits = {seen.logits, seen.n, seen.classes},
                  .labels = labels,
                  .seed = seed};
  std::vector<double> values;
  for (const std::string& name : measures) {
    const std::vector<double> more = feature_measure(name).values(all);
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

std::shared_ptr<const Metric> FeatureQuality::open() const {
  return std::make_shared<FeatureQualityMetric>(*this);
}

}  // namespace ganflow
