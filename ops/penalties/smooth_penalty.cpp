#include "ops/penalties/smooth_penalty.h"

#include <fmt/format.h>

#include <array>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "engine/program/coupling.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

// |grad_z G_i|^2 for every element i: shape of the images.
Value squared_slopes(Value images, Value z) {
  if (const auto mixing = row_coupling(images, z))
    formula_error(
        images.builder(),
        fmt::format("an exact Jacobian needs images that depend on their own z alone, the "
                    "generator mixes the samples of a batch ({} {}); use probes",
                    images.builder().node(*mixing).primitive->name(),
                    images.builder().type(*mixing).shape.str()));
  Value total;
  const Extent d = z.shape()[1];
  for (Extent j = 0; j < d; ++j) {
    const Value one = full(z.builder(), {z.rows(), 1}, 1);
    const std::array from{z}, along{pad(one, 1, j, d - j - 1)};
    const Value slope = square(jvp(images, from, along));
    total = total ? total + slope : slope;
  }
  return total;
}

// v / |v| of every row, held fixed; 0 where v is 0.
Value directions(Value v) {
  const Value length = sqrt(row_sums(square(v)) + 1e-30);
  return stop(v / broadcast_rows(length, v));
}

// |J_n v_n|^2 after the power iteration.
Value greatest_squared_slope(Formula& f, Value images, Value z, int iterations) {
  const std::array from{z};
  const auto image_of = [&](Value v) { return jvp(images, from, std::array{v}); };
  Value v = directions(random(f.builder(), RandomKind::normal, z.shape(), f.stream("start")));
  for (int i = 0; i < iterations; ++i) v = directions(gradient(images, z, image_of(v)));
  return row_sums(square(image_of(v)));
}

}  // namespace

Value SmoothPenalty::operator()(Formula& f, Value images, Value z) const {
  if (z.shape().rank() != 2 || images.shape().rank() < 2 || images.rows() != z.rows())
    formula_error(f.builder(),
                  fmt::format("images and the z they come from have one row a sample: images {}, z "
                              "{} [N,d]",
                              images.shape().str(), z.shape().str()));
  require_in(f, "probes", probes, at_least(1));
  require_in(f, "iterations", iterations, at_least(1));
  if (exact && norm == JacobianNorm::spectral)
    formula_error(f.builder(),
                  "the spectral norm has no exact form, take more iterations or another norm");
  const auto elements = static_cast<double>(images.shape().row_elements());
  f.couples_samples();  // a probe sees what z_n does to the whole batch
  const Value limit = f.scalar("k", k, at_least(0), "squared slopes up to this cost nothing"),
              weight = f.scalar("gamma", gamma, at_least(0), "weight of the smoothness penalty");
  const TapText text{.description = "squared slope of the generator, of a sample"};
  if (norm == JacobianNorm::pixel_hinge) {
    const Value slopes = squared_slopes(images, z);
    f.tap("jacobian", row_sums(slopes) / elements, text);
    return weight * mean(positive(slopes - limit));
  }
  Value squared;
  if (norm == JacobianNorm::spectral) {
    squared = greatest_squared_slope(f, images, z, iterations);
  } else if (norm == JacobianNorm::sum) {
    squared = row_sums(square(gradient(images, z)));
  } else if (exact) {
    squared = row_sums(squared_slopes(images, z));
  } else {
    for (int p = 0; p < probes; ++p) {
      const Value v = random(f.builder(), RandomKind::sign, images.shape(),
                             f.stream(fmt::format("probe{}", p)));
      const Value pulled = row_sums(square(gradient(images, z, v)));
      squared = squared ? squared + pulled : pulled;
    }
    squared = squared / static_cast<double>(probes);
  }
  if (norm == JacobianNorm::pixel_mean) squared = squared / elements;
  f.tap("jacobian", squared, text);
  return weight * mean(positive(squared - limit));
}

std::vector<std::pair<std::string, JacobianNorm>> jacobian_norms() {
  return {{"spectral", JacobianNorm::spectral},
          {"pixel_mean", JacobianNorm::pixel_mean},
          {"frobenius", JacobianNorm::frobenius},
          {"sum", JacobianNorm::sum},
          {"pixel_hinge", JacobianNorm::pixel_hinge}};
}

}  // namespace ganflow
