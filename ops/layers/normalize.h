// What the normalisations share: means over axes, and a scale and a shift for every channel.
// Sets of axes are bits: bit i is axis i.
#pragma once

#include "ops/layers/initializers.h"

namespace ganflow {

// Every axis of x but axis `kept`.
std::int64_t axes_but(int kept, Value x);

Value mean_over(Value x, std::int64_t axes);

// (x - mean) / sqrt(variance + eps); mean and variance lack `axes`, which are put back.
Value standardize(Value x, Value mean, Value variance, std::int64_t axes, double eps);

// x * scale + shift, Variables "scale" (1 at first) and "shift" (0), one for each channel (axis 1).
Value scale_and_shift(Formula& f, Value x);

// Refuses x without channels, eps <= 0.
void require_norm(Formula& f, const char* layer, Value x, double eps);

}  // namespace ganflow
