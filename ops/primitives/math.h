// Elementwise functions of one real tensor. Derivatives are written in the result where that is
// possible (exp, tanh, sigmoid, sqrt, recip), so that the result is saved and not the operand.
//
//   softplus(x) = log(1 + exp(x)), without overflow      sigmoid(x) = 1 / (1 + exp(-x))
//   recip(x)    = 1 / x                                  abs: derivative sign(x), 0 at 0
//   sign(x)     = -1, 0, 1; floor(x): both with zero derivative
//   sqrt: derivative infinite at 0; a norm is sqrt(sum(g g) + 1e-12).
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value exp(Value x);
Value log(Value x);
Value sqrt(Value x);
Value recip(Value x);
Value tanh(Value x);
Value sigmoid(Value x);
Value softplus(Value x);
Value abs(Value x);
Value sign(Value x);
Value floor(Value x);
Value sin(Value x);
Value cos(Value x);

const Primitive& exp_primitive();
const Primitive& log_primitive();
const Primitive& sqrt_primitive();
const Primitive& recip_primitive();
const Primitive& tanh_primitive();
const Primitive& sigmoid_primitive();
const Primitive& softplus_primitive();
const Primitive& abs_primitive();
const Primitive& sign_primitive();
const Primitive& floor_primitive();
const Primitive& sin_primitive();
const Primitive& cos_primitive();

}  // namespace ganflow
