#include "ops/sources/gaussian1d.h"

#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class Gaussian1dSource : public Source {
 public:
  explicit Gaussian1dSource(const Gaussian1d& options) : options_(options) {
    if (!(options.std > 0) || !std::isfinite(options.std) || !std::isfinite(options.mean))
      fail(Fault::usage, "gaussian1d: mean {} and std {} must be finite and std above 0",
           options.mean, options.std);
  }

  std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 1}, "NF"}}; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    for (Extent i = 0; i < batch; ++i) {
      const auto words = random_block(draw.seed, draw.stream, draw.step, static_cast<unsigned>(i));
      out[i] =
          static_cast<float>(options_.mean + options_.std * normal_pair(words[0], words[1])[0]);
    }
  }

 private:
  Gaussian1d options_;
};

}  // namespace

std::shared_ptr<const Source> Gaussian1d::open() const {
  return std::make_shared<Gaussian1dSource>(*this);
}

}  // namespace ganflow
