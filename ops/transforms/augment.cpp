#include "ops/transforms/augment.h"

#include <algorithm>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/ramp.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"
#include "ops/techniques/adapt_augment.h"

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

// (N,n): 1 where a square around a place drawn from 0 .. places - 1 reaches along this axis.
Value reached(Formula& f, const char* draw, Value x, Extent n, Extent side, Extent places) {
  const Extent rows = x.rows();
  const Value centre = floor(uniform_rows(f, draw, x) * double(places));
  const Value from_first =
      broadcast(ramp(f.builder(), n), {0}, {rows}) - broadcast(centre, {1}, {n}) + double(side / 2);
  return select(greater_equal(from_first, 0.0),
                select(greater(from_first, double(side) - 0.5), 0.0, 1.0), 0.0);
}

// x with `fill` where both hold: rows (N,H), columns (N,W).
Value cut(Value x, Value rows, Value columns, double fill) {
  const Extent c = x.shape()[1], h = x.shape()[2], w = x.shape()[3];
  return select(greater(broadcast(rows, {1, 3}, {c, w}) * broadcast(columns, {1, 2}, {c, h}), 0.5),
                fill, x);
}

// m + factor (x - m) with a factor for each image.
Value stretched(Value x, Value m, Value factor) { return m + broadcast_rows(factor, x) * (x - m); }

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

Value Cutout::operator()(Formula& f, Value x) const {
  require_images(f, x);
  const Extent h = x.shape()[2], w = x.shape()[3];
  require_in(f, "side", double(side), between(0, double(2 * std::min(h, w))));
  if (!f.training() || side == 0) return x;
  return cut(x, reached(f, "cut_rows", x, h, side, h), reached(f, "cut_columns", x, w, side, w),
             fill);
}

Value DiffAugment::operator()(Formula& f, Value x) const {
  require_images(f, x);
  require_in(f, "probability", probability, between(0, 1));
  require_in(f, "hi", hi, above(lo));
  if (!f.training()) return x;
  const Extent h = x.shape()[2], w = x.shape()[3];
  const double grey = (lo + hi) / 2;
  Value p;  // (N); absent: 1
  if (!memory.empty())
    p = broadcast_to(augment_probability(f, memory), Shape{x.rows()});
  else if (probability < 1)
    p = full(f.builder(), Shape{x.rows()}, probability);
  // y for the images that the transform is applied to, x for the others.
  const auto now = [&](const char* draw, Value y) {
    x = p ? select(broadcast_rows(greater(p, uniform_rows(f, draw, x)), x), y, x) : y;
  };
  if (colour) {
    const Value brightness = (uniform_rows(f, "brightness", x) - 0.5) * ((hi - lo) / 2);
    now("brighten", x + broadcast_rows(brightness, x));
    const Value pixel = broadcast(mean(x, {1}), {1}, {x.shape()[1]});
    now("saturate", stretched(x, pixel, 2.0 * uniform_rows(f, "saturation", x)));
    const Value image = broadcast_rows(mean(x, {1, 2, 3}), x);
    now("contrast", stretched(x, image, uniform_rows(f, "factor", x) + 0.5));
  }
  if (translation) {
    const auto part = [](Extent n) { return (n + 4) / 8; };
    now("translate",
        shifted(f, "columns", shifted(f, "rows", x, 2, part(h), grey), 3, part(w), grey));
  }
  if (cutout) {
    const auto along = [&](const char* draw, Extent n) {
      const Extent side = (n + 1) / 2;
      return reached(f, draw, x, n, side, n + 1 - side % 2);
    };
    now("cut", cut(x, along("cut_rows", h), along("cut_columns", w), grey));
  }
  return x;
}

}  // namespace ganflow
