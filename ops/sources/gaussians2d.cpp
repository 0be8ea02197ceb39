#include "ops/sources/gaussians2d.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class MixtureSource : public Source {
 public:
  explicit MixtureSource(Mixture2d mixture) : mixture_(std::move(mixture)) {}

  std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 2}, "NF"}}; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    const auto modes = mixture_.modes.size();
    for (Extent i = 0; i < batch; ++i) {
      const auto words = random_block(draw.seed, draw.stream, draw.step, static_cast<unsigned>(i));
      const auto noise = normal_pair(words[0], words[1]);
      const auto& mode = mixture_.modes[(std::uint64_t{words[2]} * modes) >> 32];
      for (int axis = 0; axis < 2; ++axis)
        out[2 * i + axis] = static_cast<float>(mode[axis] + mixture_.std * noise[axis]);
    }
  }

 private:
  Mixture2d mixture_;
};

}  // namespace

Mixture2d gaussians8() {
  constexpr double kRadius = 2, kScale = 1.414;
  Mixture2d mixture{"gaussians8", {}, 0.02 / kScale};
  for (int i = 0; i < 8; ++i) {
    const double angle = i * std::numbers::pi / 4;
    mixture.modes.push_back(
        {kRadius * std::cos(angle) / kScale, kRadius * std::sin(angle) / kScale});
  }
  return mixture;
}

Mixture2d gaussians25() {
  constexpr double kScale = 2.828;
  Mixture2d mixture{"gaussians25", {}, 0.05 / kScale};
  for (int x = -4; x <= 4; x += 2)
    for (int y = -4; y <= 4; y += 2) mixture.modes.push_back({x / kScale, y / kScale});
  return mixture;
}

std::shared_ptr<const Source> Gaussians8::open() const {
  return std::make_shared<MixtureSource>(gaussians8());
}

std::shared_ptr<const Source> Gaussians25::open() const {
  return std::make_shared<MixtureSource>(gaussians25());
}

}  // namespace ganflow
