#include "ops/layers/blend.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

Value Blend::operator()(Formula& f, Value old, Value fresh) const {
  require_equal_shapes("old", old, "fresh", fresh);
  return old + f.scalar("alpha", alpha, between(0, 1), "share of the new layer") * (fresh - old);
}

}  // namespace ganflow
