// Training steps of perceptrons whose critic mixes samples or has state, written in primitives like
// those of steps.h.
#pragma once

#include "support/steps.h"

namespace ganflow::test {

// D: the first layer of `like`, relu, minibatch discrimination (GU-13) of `kernels` x `width`,
// linear.
StepCase minibatch_critic(StepCase like = mnist(), Extent kernels = 128, Extent width = 5);
// The critic of `like` with every weight over its largest singular value, one power iteration a
// step (LE-16).
StepCase spectral_critic(StepCase like);
// G 16-512-512-784 against the critic of mnist(): few latents for exact Jacobians.
StepCase few_latents();

}  // namespace ganflow::test
