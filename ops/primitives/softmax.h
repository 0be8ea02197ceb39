// Probabilities of classes from logits x, along an axis (from 0), without overflow:
//
//   log_softmax(x) = x - m - log sum exp(x - m),  m = maximum(x)      softmax = exp(log_softmax)
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value log_softmax(Value x, int axis);
Value softmax(Value x, int axis);

}  // namespace ganflow
