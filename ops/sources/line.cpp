#include "ops/sources/line.h"

#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class LineSource : public Source {
 public:
  explicit LineSource(const Line& options) : at_(static_cast<float>(options.at)) {
    if (!std::isfinite(options.at))
      fail(Fault::usage, "line: at is {}, it must be finite", options.at);
  }

  std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 2}, "NF"}}; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    for (Extent i = 0; i < batch; ++i) {
      const PhiloxBlock words =
          random_block(draw.seed, draw.stream, draw.step, static_cast<std::uint32_t>(i));
      outputs[0][2 * i] = at_;
      outputs[0][2 * i + 1] = static_cast<float>(uniform01(words[0]));
    }
  }

 private:
  float at_;
};

}  // namespace

std::shared_ptr<const Source> Line::open() const { return std::make_shared<LineSource>(*this); }

}  // namespace ganflow
