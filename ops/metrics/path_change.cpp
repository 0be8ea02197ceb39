#include "ops/metrics/path_change.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "ops/metrics/measured_rows.h"
#include "ops/metrics/quality/image_slices.h"

namespace ganflow {
namespace {

class PathChangeMetric : public Metric {
 public:
  explicit PathChangeMetric(const PathChange& options) : options_(options) {
    if (options.frames < 2 || options.paths < 1)
      fail(Fault::usage,
           "path_change: frames is {} and paths {}, they must be at least 2 and at least 1",
           options.frames, options.paths);
    const Picture& p = options.picture;
    if (p.channels > 0 && p.height >= 3 && p.width >= 3) similarity_.emplace(p);
  }

  std::vector<MetricColumn> columns() const override {
    std::vector<MetricColumn> columns{{"mean", "1", "mean distance of neighbouring frames"},
                                      {"largest", "1", "largest distance of neighbouring frames"},
                                      {"ends", "1", "mean distance of the ends of a path"}};
    if (!similarity_) return columns;
    columns.push_back({"msssim", "1",
                       fmt::format("sliced MS-SSIM of {} paths of {} frames, all pairs; {}",
                                   options_.paths, options_.frames, similarity_->rule())});
    columns.push_back({"msssim_deviation", "1", "of msssim over the paths"});
    columns.push_back({"msssim_adjacent", "1", "sliced MS-SSIM of neighbouring frames"});
    columns.push_back({"sharpness", "1", "variance of the Laplacian of the ends of a path"});
    if (options_.frames > 2)
      columns.push_back({"sharpness_inner", "1", "of the other frames, divided by sharpness"});
    return columns;
  }
  Extent samples() const override { return options_.frames * options_.paths; }
  Extent together() const override { return options_.frames; }
  std::optional<Extent> row_elements() const override {
    if (!similarity_) return std::nullopt;
    return similarity_->elements();
  }

  std::vector<double> measure(const Measurement& m) const override {
    const Extent elements = m.row.elements(), frames = options_.frames;
    const auto rows = measured_rows(m, "path_change", samples(), elements);
    const auto distance = [&](Extent i, Extent j) {
      double sum = 0;
      for (Extent x = 0; x < elements; ++x) {
        const double difference =
            static_cast<double>(rows[i * elements + x]) - rows[j * elements + x];
        sum += difference * difference;
      }
      return std::sqrt(sum);
    };
    double change = 0, largest = 0, ends = 0;
    for (Extent p = 0; p < options_.paths; ++p) {
      const Extent first = p * frames, last = first + frames - 1;
      for (Extent i = first; i < last; ++i) {
        const double step = distance(i, i + 1);
        change += step;
        largest = std::max(largest, step);
      }
      ends += distance(first, last);
    }
    const auto paths = static_cast<double>(options_.paths);
    std::vector<double> values{change / (paths * static_cast<double>(frames - 1)), largest,
                               ends / paths};
    if (similarity_) measure_images(rows, values);
    return values;
  }

 private:
  void measure_images(std::span<const float> rows, std::vector<double>& values) const {
    if (!all_finite(rows)) {
      values.resize(columns().size(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const SlicedMsSsim sliced = sliced_ms_ssim(*similarity_, rows, options_.frames);
    const SliceSharpness sharp = slice_sharpness(options_.picture, rows, options_.frames);
    values.insert(values.end(),
                  {sliced.pairs.mean, sliced.pairs.deviation, sliced.adjacent.mean, sharp.ends});
    if (options_.frames > 2) values.push_back(sharp.inner);
  }

  PathChange options_;
  std::optional<MsSsim> similarity_;
};

}  // namespace

std::shared_ptr<const Metric> PathChange::open() const {
  return std::make_shared<PathChangeMetric>(*this);
}

}  // namespace ganflow
