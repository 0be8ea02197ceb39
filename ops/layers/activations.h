// Functions of one value applied between layers. Any Value f(Value) is an Activation: relu and
// leaky_relu below, tanh, sigmoid and softplus of the primitives, or a lambda.
#pragma once

#include <concepts>
#include <functional>
#include <utility>

#include "engine/program/value.h"
#include "ops/primitives/math.h"

namespace ganflow {

class Activation {
 public:
  Activation() = default;                   // identity
  Activation(Value (*f)(Value)) : f_(f) {}  // NOLINT: picks ganflow::tanh out of its overloads
  template <std::invocable<Value> F>
  Activation(F f) : f_(std::move(f)) {}  // NOLINT: implicit on purpose, mlp(sizes, relu)
  Value operator()(Value x) const { return f_ ? f_(x) : x; }

 private:
  std::function<Value(Value)> f_;
};

// max(0, x); slope 0 at x = 0.
Value relu(Value x);
// x where x > 0, slope x elsewhere, also at 0. DCGAN's critics use slope 0.2 (GU-07, MU-11).
Activation leaky_relu(double slope);

}  // namespace ganflow
