#include "ops/sources/swiss_roll.h"

#include <cmath>

#include "engine/error.h"
#include "ops/primitives/batches.h"
#include "ops/primitives/formulas/points.h"

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
      const formulas::Point point =
          formulas::swiss_roll_point(i, std_, draw.seed, draw.stream, draw.step);
      for (int axis = 0; axis < 2; ++axis) out[2 * i + axis] = static_cast<float>(point.x[axis]);
    }
  }

  std::optional<Resident> resident() const override {
    return Resident{.tables = {words(std::as_bytes(std::span(&std_, 1)))},
                    .draw = [](std::span<const Value> tables, Extent batch, const DrawBy& by) {
                      return std::vector{swiss_roll_points(tables[0], batch, by)};
                    }};
  }

 private:
  double std_;
};

}  // namespace

std::array<double, 2> swiss_roll_curve(double u) {
  const formulas::Point point = formulas::swiss_roll_curve(u);
  return {point.x[0], point.x[1]};
}

std::shared_ptr<const Source> SwissRoll::open() const {
  return std::make_shared<SwissRollSource>(*this);
}

}  // namespace ganflow
