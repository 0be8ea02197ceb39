// Rows by index, and the adjoint.
//
//   gather(x (R,...), index (N)) -> (N,...): y[i] = x[index[i]]
//   scatter_add(c (N,...), index (N), R) -> (R,...): y[r] = sum of c[i] over index[i] = r, in
//   order of i
//
// Every index must be in [0, R); nobody checks this while a program runs.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value gather(Value x, Value index);
Value scatter_add(Value c, Value index, Extent rows);

const Primitive& gather_primitive();
// ints[0] = rows.
const Primitive& scatter_add_primitive();

}  // namespace ganflow
