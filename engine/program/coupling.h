// Whether the rows of a value depend on other rows: what formulas per sample have to know (the
// slope of one score, the Jacobian of one image).
#pragma once

#include <optional>

#include "engine/program/value.h"

namespace ganflow {

// The first node on a differentiable path from x to y that mixes rows (axis 0), by the primitives'
// row signatures; none: row n of y depends on x through row n alone. Paths through stop() do not
// count, nothing is differentiated along them.
std::optional<ValueId> row_coupling(const Program& program, ValueId y, ValueId x);
inline std::optional<ValueId> row_coupling(Value y, Value x) {
  return row_coupling(y.builder().program(), y.id(), x.id());
}

}  // namespace ganflow
