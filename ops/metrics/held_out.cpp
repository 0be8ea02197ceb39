#include "ops/metrics/held_out.h"

#include "ops/metrics/measured_rows.h"

namespace ganflow {
namespace {

class HeldOutMetric : public Metric {
 public:
  explicit HeldOutMetric(const HeldOut& options) : options_(options) {
    check_samples("held_out", options.samples, 1);
    if (options.columns.empty())
      fail(Fault::usage, "held_out: it has no column, name at least one");
  }
  std::vector<MetricColumn> columns() const override { return options_.columns; }
  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override {
    return static_cast<Extent>(options_.columns.size());
  }
  bool same_draws() const override { return true; }

  std::vector<double> measure(const Measurement& m) const override {
    const std::size_t columns = options_.columns.size();
    const auto rows = measured_rows(m, "held_out", samples(), static_cast<Extent>(columns));
    std::vector<double> means(columns);
    for (std::size_t i = 0; i < rows.size(); ++i) means[i % columns] += rows[i];
    for (double& mean : means) mean /= static_cast<double>(samples());
    return means;
  }

 private:
  HeldOut options_;
};

}  // namespace

std::shared_ptr<const Metric> HeldOut::open() const {
  return std::make_shared<HeldOutMetric>(*this);
}

}  // namespace ganflow
