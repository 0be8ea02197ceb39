#include "ops/transforms/resize.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/ramp.h"

namespace ganflow {
namespace {

// u transposed, (H,P): a constant of the program.
Value weights(Builder& builder, Extent from, Extent to) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const auto last = static_cast<double>(from - 1);
  const Value centre = (ramp(builder, to) + 0.5) * ratio - 0.5;
  const Value place = -max(-max(centre, 0), -last);
  const Value distance =
      abs(broadcast(place, {0}, {from}) - broadcast(ramp(builder, from), {1}, {to}));
  return max(1.0 - distance, 0);
}

// The last axis from W to Q.
Value resized_rows(Formula& f, Value x, Extent to) {
  const Shape& shape = x.shape();
  const Extent w = shape[3];
  if (w == to) return x;
  const Value rows = reshape(x, {shape.elements() / w, w});
  return reshape(matmul(rows, weights(f.builder(), w, to)), {shape[0], shape[1], shape[2], to});
}

}  // namespace

Value Resize::operator()(Formula& f, Value x) const {
  if (x.shape().rank() != 4)
    formula_error(f.builder(),
                  fmt::format("images are (N,C,H,W), x has shape {}", x.shape().str()));
  if (height < 1 || width < 1)
    formula_error(f.builder(),
                  fmt::format("height is {} and width {}, both must be at least 1", height, width));
  const Value wide = resized_rows(f, x, width);
  if (x.shape()[2] == height) return wide;
  return permute(resized_rows(f, permute(wide, {0, 1, 3, 2}), height), {0, 1, 3, 2});
}

}  // namespace ganflow
