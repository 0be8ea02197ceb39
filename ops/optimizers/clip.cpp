#include "ops/optimizers/clip.h"

#include <fmt/format.h>

#include "ops/primitives/arithmetic.h"

namespace ganflow {

Optimizer clip_weights(Optimizer optimizer, Scalar bound) {
  std::string kind = fmt::format("clip_weights({})", optimizer.kind());
  return {std::move(kind),
          [optimizer = std::move(optimizer), bound = std::move(bound)](
              Formula& f, const std::string& name, Value parameter, Value gradient) {
            const Value next = optimizer(f, name, parameter, gradient);
            const Value limit =
                f.scalar("clip", bound, above(0), "weights are clipped to [-clip, clip]");
            return -max(-max(next, -limit), -limit);
          }};
}

}  // namespace ganflow
