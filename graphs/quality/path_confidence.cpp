#include "graphs/quality/path_confidence.h"

#include <algorithm>
#include <vector>

#include "engine/error.h"
#include "ops/metrics/measured_rows.h"
#include "ops/metrics/quality/class_confidence.h"

namespace ganflow {
namespace {

constexpr const char* kName = "path_confidence";

class PathConfidenceMetric : public Metric {
 public:
  explicit PathConfidenceMetric(PathConfidence options) : o_(std::move(options)) {
    if (!o_.extractor || o_.frames < 2 || o_.paths < 1 || !(o_.least >= 0 && o_.least <= 1))
      fail(Fault::usage,
           "{}: frames is {}, paths {} and least {}, they must be at least 2, at least 1 and from "
           "0 to 1, and it needs an extractor",
           kName, o_.frames, o_.paths, o_.least);
    o_.extractor->require_images(o_.picture);
    if (!o_.extractor->has_classes())
      fail(Fault::usage, "measure '{}' is of classes, which extractor {} does not see", kName,
           o_.extractor->name());
  }

  std::vector<MetricColumn> columns() const override {
    const std::string made =
        fmt::format("{} paths of {} frames, extractor {}, resize {}", o_.paths, o_.frames,
                    o_.extractor->name(), o_.extractor->resize_rule());
    return {
        {"unsure", "1",
         fmt::format("share of frames whose greatest probability is below {}; {}", o_.least, made)},
        {"confidence", "1", "mean of the frames' greatest probability; " + made},
        {"changes", "1", "changes of the most probable class along a path, mean; " + made}};
  }
  Extent samples() const override { return o_.frames * o_.paths; }
  Extent together() const override { return o_.frames; }
  std::optional<Extent> row_elements() const override {
    return o_.picture.channels * o_.picture.height * o_.picture.width;
  }

  std::vector<double> measure(const Measurement& m) const override {
    const auto rows = measured_rows(m, kName, samples(), *row_elements());
    if (!all_finite(rows))
      fail(Fault::replica, "{}: a generated image holds values that are not finite", kName);
    const Extracted seen = o_.extractor->extract(rows, samples(), o_.picture);
    const FeatureRows logits{seen.logits, seen.n, seen.classes};
    const auto most_probable = [&](Extent i) {
      return std::max_element(logits.row(i), logits.row(i) + logits.width) - logits.row(i);
    };
    Extent changes = 0;
    for (Extent i = 0; i + 1 < samples(); ++i)
      changes += i % o_.frames + 1 < o_.frames && most_probable(i) != most_probable(i + 1);
    return {unsure_share(logits, o_.least), class_confidence(logits).confidence,
            static_cast<double>(changes) / static_cast<double>(o_.paths)};
  }

 private:
  PathConfidence o_;
};

}  // namespace

std::shared_ptr<const Metric> PathConfidence::open() const {
  return std::make_shared<PathConfidenceMetric>(*this);
}

}  // namespace ganflow
