#include "ops/transforms/augment.h"

#include <algorithm>

#include "engine/program/concat.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/ramp.h"
#include "ops/primitives/random.h"

namespace ganflow {
namespace {

void require_images(Formula& f, Value x) {
  if (x.shape().rank() != 4)
    formula_error(f.builder(),
                  fmt::format("images are (N,C,H,W), x has shape {}", x.shape().str()));
}

Value uniform_rows(Formula& f, const char* draw, Value x) {
  return random(f.builder(), RandomKind::uniform, Shape{x.rows()}, f.stream(draw));
}

// (W,W), 1 on the other diagonal: x times it has its columns in reverse order.
Value exchange(Builder& builder, Extent w) {
  const Value i = ramp(builder, w);
  return select(equal(broadcast(i, {1}, {w}) + broadcast(i, {0}, {w}), double(w - 1)), 1.0, 0.0);
}

// x from 0 to 2 most further along `axis`, of which the middle is its place: a choice for each
// binary digit of the distance.
Value shifted(Formula& f, const char* draw, Value x, int axis, Extent most, double fill) {
  const Extent n = x.shape()[axis], range = 2 * most + 1;
  const Value distance = floor(uniform_rows(f, draw, x) * double(range));
  x = pad(x - fill, axis, most, most) + fill;
  for (Extent step = 1; step < range; step *= 2) {
    const Value digit = floor(distance / double(step)) - 2.0 * floor(distance / double(2 * step));
    const Extent all = x.shape()[axis];
    const Value moved = pad(slice(x, axis, std::min(step, all), all), axis, 0, std::min(step, all));
    x = select(broadcast_rows(greater(digit, 0.5), x), moved, x);
  }
  return slice(x, axis, 0, n);
}

}  // namespace

Value Mirrored::operator()(Formula& f, Value x) const {
  require_images(f, x);
  if (!f.training()) return x;
  const Extent w = x.shape()[3];
  const Value rows = reshape(x, {x.shape().elements() / w, w});
  const Value mirrored = reshape(matmul(rows, exchange(f.builder(), w)), x.shape());
  return select(broadcast_rows(greater(uniform_rows(f, "mirror", x), 0.5), x), mirrored, x);
}

Value Shifted::operator()(Formula& f, Value x) const {
  require_images(f, x);
  const Extent side = std::min(x.shape()[2], x.shape()[3]);
  require_in(f, "most", double(most), between(0, double(side)));
  if (!f.training() || most == 0) return x;
  return shifted(f, "columns", shifted(f, "rows", x, 2, most, fill), 3, most, fill);
}

}  // namespace ganflow
