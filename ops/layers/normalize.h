// What the normalisations share: means over axes, and a scale and a shift for every channel.
// Sets of axes are bits: bit i is axis i.
#pragma once

#include "ops/layers/initializers.h"

namespace ganflow {

// How the scale and the shift of every channel start.
struct NormInit {
  Initializer scale = init::constant(1);  // DCGAN: init::normal(0.02, 1)
  Initializer shift = init::constant(0);
};

// Every axis of x but axis `kept`.
std::int64_t axes_but(int kept, Value x);

Value mean_over(Value x, std::int64_t axes);

// (x - mean) / sqrt(variance + eps); mean and variance lack `axes`, which are put back.
Value standardize(Value x, Value mean, Value variance, std::int64_t axes, double eps);

// x * scale + shift, Variables "scale" and "shift", one for each channel (axis 1).
Value scale_and_shift(Formula& f, Value x, const NormInit& init);

// Refuses x without channels, eps <= 0.
void require_norm(Formula& f, const char* layer, Value x, double eps);

}  // namespace ganflow
