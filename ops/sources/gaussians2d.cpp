#include "ops/sources/gaussians2d.h"

#include <cmath>
#include <numbers>

#include "ops/primitives/batches.h"
#include "ops/primitives/formulas/points.h"

namespace ganflow {
namespace {

class MixtureSource : public Source {
 public:
  explicit MixtureSource(const Mixture& mixture)
      : axes_(mixture.axes), modes_(mixture.modes.size()) {
    numbers_.push_back(mixture.std);
    for (const auto& mode : mixture.modes)
      numbers_.insert(numbers_.end(), mode.begin(), mode.begin() + axes_);
  }

  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{Shape{batch, axes_}, "NF"}};
  }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    for (Extent i = 0; i < batch; ++i) {
      const formulas::Point point = formulas::mixture_point(i, numbers_.data(), modes_, axes_,
                                                            draw.seed, draw.stream, draw.step);
      for (int axis = 0; axis < axes_; ++axis)
        out[axes_ * i + axis] = static_cast<float>(point.x[axis]);
    }
  }

  std::optional<Resident> resident() const override {
    return Resident{.tables = {words(bytes_of(numbers_))},
                    .draw = [this](std::span<const Value> tables, Extent batch, const DrawBy& by) {
                      return std::vector{
                          mixture_points(tables[0], batch, axes_, static_cast<Extent>(modes_), by)};
                    }};
  }

 private:
  std::vector<double> numbers_;  // the std, then the modes
  int axes_;
  std::uint64_t modes_;
};

}  // namespace

Mixture gaussians2() { return {"gaussians2", {{-2, 0}, {2, 0}}, 0.5, 1}; }

Mixture gaussians3() { return {"gaussians3", {{-4, 0}, {0, 0}, {4, 0}}, 0.5, 1}; }

Mixture gaussians8() {
  constexpr double kRadius = 2, kScale = 1.414;
  Mixture mixture{"gaussians8", {}, 0.02 / kScale};
  for (int i = 0; i < 8; ++i) {
    const double angle = i * std::numbers::pi / 4;
    mixture.modes.push_back(
        {kRadius * std::cos(angle) / kScale, kRadius * std::sin(angle) / kScale});
  }
  return mixture;
}

Mixture gaussians25() {
  constexpr double kScale = 2.828;
  Mixture mixture{"gaussians25", {}, 0.05 / kScale};
  for (int x = -4; x <= 4; x += 2)
    for (int y = -4; y <= 4; y += 2) mixture.modes.push_back({x / kScale, y / kScale});
  return mixture;
}

std::shared_ptr<const Source> Gaussians2::open() const {
  return std::make_shared<MixtureSource>(gaussians2());
}

std::shared_ptr<const Source> Gaussians3::open() const {
  return std::make_shared<MixtureSource>(gaussians3());
}

std::shared_ptr<const Source> Gaussians8::open() const {
  return std::make_shared<MixtureSource>(gaussians8());
}

std::shared_ptr<const Source> Gaussians25::open() const {
  return std::make_shared<MixtureSource>(gaussians25());
}

}  // namespace ganflow
