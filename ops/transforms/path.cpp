#include "ops/transforms/path.h"

#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/ramp.h"

namespace ganflow {

Value Path::operator()(Formula& f, Value a, Value b) const {
  require_equal_shapes("from", a, "to", b);
  const Shape shape = a.shape();
  if (frames < 2)
    formula_error(f.builder(), fmt::format("frames are {}, a path needs at least 2", frames));
  const Extent paths = (shape[0] + frames - 1) / frames, elements = shape.row_elements();
  const Value t = affine(ramp(f.builder(), frames), 1 / static_cast<double>(frames - 1), 0);
  const auto first = [&](Value x) {  // of every path, for all its frames
    const Value whole = pad(x, 0, 0, paths * frames - shape[0]);
    const Value rows = reshape(whole, {paths, frames * elements});
    return broadcast(slice(rows, 1, 0, elements), {1}, {frames});
  };
  const Value from = first(a);
  const Value along = broadcast(t, {0, 2}, {paths, elements});
  const Value all = from + along * (first(b) - from);
  return slice(reshape(all, shape.with_rows(paths * frames)), 0, 0, shape[0]);
}

}  // namespace ganflow
