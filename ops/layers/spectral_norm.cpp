#include "ops/layers/spectral_norm.h"

#include <fmt/format.h>

#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

Value unit(Value x) { return x / sqrt(sum(square(x)) + 1e-12); }

}  // namespace

Value SpectralNorm::operator()(Formula& f, Value w) const {
  if (iterations < 1)
    formula_error(f.builder(),
                  fmt::format("iterations is {}, spectral norm needs at least 1", iterations));
  const Extent rows = w.rows();
  const Value matrix = reshape(w, {rows, w.shape().row_elements()});
  const Value fixed = stop(matrix);
  const Value state = f.variable("u", {rows}, Keep::state, init::normal(1));
  Value u = reshape(state, {1, rows});
  Value v = unit(matmul(u, fixed));
  if (f.training()) {
    for (int i = 0; i < iterations; ++i) {
      if (i > 0) v = unit(matmul(u, fixed));
      u = unit(matmul(v, fixed, false, true));
    }
    f.assign(state, reshape(u, {rows}));
  } else {
    u = unit(u);  // the very first u has another length
  }
  const Value sigma = sum(stop(u) * matmul(stop(v), matrix, false, true));
  return w / sigma;
}

}  // namespace ganflow
