#include "ops/sources/swiss_roll.h"

#include <cmath>
#include <numbers>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class SwissRollSource : public Source {
 public:
  explicit SwissRollSource(const SwissRoll& options) : std_(options.noise / kSwissRollScale) {
    if (!(options.noise >= 0) || !std::isfinite(options.noise))
      fail(Fault::usage, "swissroll: noise is {}, it must be finite and at least 0", options.noise);
  }

  std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 2}, "NF"}}; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    for (Extent i = 0; i < batch; ++i) {
      const auto words = random_block(draw.seed, draw.stream, draw.step, static_cast<unsigned>(i));
      const auto noise = normal_pair(words[0], words[1]);
      const auto point = swiss_roll_curve(uniform01(words[2]));
      for (int axis = 0; axis < 2; ++axis)
        out[2 * i + axis] = static_cast<float>(point[axis] + std_ * noise[axis]);
    }
  }

 private:
  double std_;
};

}  // namespace

std::array<double, 2> swiss_roll_curve(double u) {
  const double t = 1.5 * std::numbers::pi * (1 + 2 * u);
  return {t * std::cos(t) / kSwissRollScale, t * std::sin(t) / kSwissRollScale};
}

std::shared_ptr<const Source> SwissRoll::open() const {
  return std::make_shared<SwissRollSource>(*this);
}

}  // namespace ganflow
