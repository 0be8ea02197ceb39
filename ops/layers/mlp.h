// Fully connected network: linear, hidden activation, ..., linear, output activation.
//
//   x (N, sizes.front()) -> (N, sizes.back());  Variables "0/w", "0/b", "1/w", "1/b", ...
//
// The thesis' generator is mlp({4, 128, 784}, relu, sigmoid), its critic mlp({784, 128, 1}, relu)
// (TH 5, rows TH-31 .. TH-35).
#pragma once

#include <vector>

#include "ops/layers/activations.h"
#include "ops/layers/initializers.h"

namespace ganflow {

// Fault::usage unless there are two sizes or more, all >= 1.
Network::Forward mlp(std::vector<Extent> sizes, Activation hidden, Activation output = {},
                     LayerInit init = init::torch());

}  // namespace ganflow
