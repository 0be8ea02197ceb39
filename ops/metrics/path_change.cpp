#include "ops/metrics/path_change.h"

#include <algorithm>
#include <cmath>

#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

class PathChangeMetric : public Metric {
 public:
  explicit PathChangeMetric(const PathChange& options) : options_(options) {
    if (options.frames < 2 || options.paths < 1)
      fail(Fault::usage,
           "path_change: frames is {} and paths {}, they must be at least 2 and at least 1",
           options.frames, options.paths);
  }

  std::vector<MetricColumn> columns() const override {
    return {{"mean", "1", "mean distance of neighbouring frames"},
            {"largest", "1", "largest distance of neighbouring frames"},
            {"ends", "1", "mean distance of the ends of a path"}};
  }
  Extent samples() const override { return options_.frames * options_.paths; }
  Extent together() const override { return options_.frames; }

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
    return {change / (paths * static_cast<double>(frames - 1)), largest, ends / paths};
  }

 private:
  PathChange options_;
};

}  // namespace

std::shared_ptr<const Metric> PathChange::open() const {
  return std::make_shared<PathChangeMetric>(*this);
}

}  // namespace ganflow
