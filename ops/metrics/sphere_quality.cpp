#include "ops/metrics/sphere_quality.h"

#include <vector>

#include "ops/metrics/centre_kl.h"
#include "ops/metrics/measured_rows.h"
#include "ops/metrics/sphere_detector.h"

namespace ganflow {
namespace {

constexpr const char* kName = "sphere quality";

class SphereQualityMetric : public Metric {
 public:
  explicit SphereQualityMetric(const SphereQuality& options)
      : options_(options),
        set_(options.spheres.geometry()),
        kl_(set_, {options.bandwidth, options.step, options.renormalise}) {
    check_samples(kName, options.samples, 1);
    if (options.centres < 0 || options.centres > options.samples)
      fail(Fault::usage, "{}: centres is {}, it must lie in 0..{}, the samples", kName,
           options.centres, options.samples);
    floor_ = kl_.floor(options.samples);
  }

  std::vector<MetricColumn> columns() const override {
    const std::string estimator = fmt::format(
        "Gaussian kernel {} px, {}, {}", options_.bandwidth,
        set_.geometry().count == 1 ? fmt::format("grid step {} px", options_.step)
                                   : fmt::format("on the {} pairs of the set", set_.size()),
        options_.renormalise ? "renormalised" : "not renormalised");
    return {
        {"kl", "nat", "KL(q||p) of detected centres, Parzen: " + estimator},
        {"kl_floor", "nat",
         fmt::format("kl of {} real images, mean of 4 fixed draws", options_.samples)},
        {"kl_hist", "nat",
         fmt::format("KL(q||p) of detected centres from counts less (K - 1) / (2 n), K = {}",
                     set_.size())},
        {"rmse", "1", "mean RMSE against the set's image at the detected centres"},
        {"outside_fraction", "1", "share of images whose centres belong to no image of the set"},
        {"n", "1", "images measured"},
    };
  }

  Extent samples() const override { return options_.samples; }
  std::optional<Extent> row_elements() const override {
    return set_.geometry().side * set_.geometry().side;
  }
  std::map<std::string, MetricScalar> scalars() const override {
    return {{"k", {options_.k, between(-1, 0), "sharpness at which spheres are looked for"}}};
  }

  std::optional<SeenRows> seen() const override {
    if (options_.centres == 0) return {};
    const SphereGeometry& g = set_.geometry();
    return SeenRows{.name = "centres",
                    .n = options_.centres * g.count,
                    .row = {2},
                    .picture = {.channels = 0, .lo = 0, .hi = static_cast<double>(g.side - 1)}};
  }

  std::vector<double> measure(const Measurement& m) const override {
    const double k = m.scalars.at("k");
    const Extent side = set_.geometry().side;
    const auto images = measured_rows(m, kName, options_.samples, side * side);

    std::vector<Detection> found(static_cast<std::size_t>(options_.samples));
    SphereDetector(set_, k).detect(images, found);

    float* seen = m.seen.data();
    for (Extent image = 0; image < (seen ? options_.centres : 0); ++image)
      for (int i = 0; i < set_.geometry().count; ++i) {
        const Centre& c = found[static_cast<std::size_t>(image)].centres[i];
        *seen++ = static_cast<float>(c.x), *seen++ = static_cast<float>(c.y);
      }

    const auto n = static_cast<double>(found.size());
    std::vector<Centres> centres;
    double rmse = 0, outside = 0;
    for (const Detection& d : found) {
      centres.push_back(d.centres);
      rmse += d.rmse / n;
      if (!set_.index(d.centres)) outside += 1 / n;
    }
    return {kl_.parzen(centres), floor_, kl_.histogram(centres), rmse, outside, n};
  }

 private:
  SphereQuality options_;
  SphereSet set_;
  CentreKl kl_;
  double floor_ = 0;
};

}  // namespace

std::shared_ptr<const Metric> SphereQuality::open() const {
  return std::make_shared<SphereQualityMetric>(*this);
}

}  // namespace ganflow
