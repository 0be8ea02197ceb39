#include "ops/sources/gaussian1d.h"

#include <cmath>

#include "engine/error.h"
#include "ops/primitives/batches.h"
#include "ops/primitives/formulas/points.h"

namespace ganflow {
namespace {

class Gaussian1dSource : public Source {
 public:
  explicit Gaussian1dSource(const Gaussian1d& options) : numbers_{options.std, options.mean} {
    if (!(options.std > 0) || !std::isfinite(options.std) || !std::isfinite(options.mean))
      fail(Fault::usage, "gaussian1d: mean {} and std {} must be finite and std above 0",
           options.mean, options.std);
  }

  std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 1}, "NF"}}; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    for (Extent i = 0; i < batch; ++i) {
      const formulas::Point point =
          formulas::mixture_point(i, numbers_.data(), 1, 1, draw.seed, draw.stream, draw.step);
      out[i] = static_cast<float>(point.x[0]);
    }
  }

  std::optional<Resident> resident() const override {
    return Resident{.tables = {words(bytes_of(numbers_))},
                    .draw = [](std::span<const Value> tables, Extent batch, const DrawBy& by) {
                      return std::vector{mixture_points(tables[0], batch, 1, 1, by)};
                    }};
  }

 private:
  std::vector<double> numbers_;  // of a mixture of one
};

}  // namespace

std::shared_ptr<const Source> Gaussian1d::open() const {
  return std::make_shared<Gaussian1dSource>(*this);
}

}  // namespace ganflow
