// Rows by index, and the adjoint.
//
//   gather(x (R,...), index (N)) -> (N,...): y[i] = x[index[i]]
//   scatter_add(c (N,...), index (N), R) -> (R,...): y[r] = sum of c[i] over index[i] = r, in
//   order of i
//
// An index outside [0, R) is an error of the source that made it: gather yields NaN in its row (0
// of masks and indices), which the run reports as a value that is not finite; scatter_add leaves
// its contribution out. Nothing beyond the tensor is read or written.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value gather(Value x, Value index);
Value scatter_add(Value c, Value index, Extent rows);

const Primitive& gather_primitive();
// ints[0] = rows.
const Primitive& scatter_add_primitive();

}  // namespace ganflow
