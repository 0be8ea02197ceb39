// The product of two matrices, either of them transposed by a flag.
//
//   y = A B: (M,K) (K,N) -> (M,N);  ta: A is stored (K,M);  tb: B is stored (N,K)
//
// Derivatives are products with other flags, never a permute.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value matmul(Value a, Value b, bool ta = false, bool tb = false);

// ints = (ta, tb).
const Primitive& matmul_primitive();

}  // namespace ganflow
