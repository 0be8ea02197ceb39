// The largest element along an axis (from 0), and where it lies. The axis disappears.
//
//   maximum(x, axis)   of equal elements one alone has the derivative
//   argmax(x, axis)    its number 0 .. K - 1 as a real number, as labels are: the first of equal
//                      ones. No derivative. K where every element is NaN.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value maximum(Value x, int axis);
Value argmax(Value x, int axis);

}  // namespace ganflow
