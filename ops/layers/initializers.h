// How Variables start: pure functions of (seed, stream = name), element i from Philox word i, so a
// parameter starts alike in every graph that calls it by the same name.
#pragma once

#include <functional>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

// Inputs and outputs of one unit: I and O of a linear layer; C R S and O R S of a convolution.
struct Fan {
  Extent in = 1;
  Extent out = 1;
};

// Start of a layer's weight and bias, given its fans.
struct LayerInit {
  std::function<Initializer(Fan)> weight;
  std::function<Initializer(Fan)> bias;
};

namespace init {

Initializer constant(double value);
// Exactly these elements. Fault::usage if the Variable has another number of them.
Initializer values(std::vector<double> elements);
Initializer uniform(double bound);                // U(-bound, bound), bound > 0
Initializer normal(double std, double mean = 0);  // N(mean, std^2), std > 0

// PyTorch's linear layer: w and b U(-1/sqrt(in), 1/sqrt(in)). The thesis' preset.
LayerInit torch();
// Glorot and Bengio 2010: w U(-s, s), s = sqrt(6 / (in + out)); b = 0 (R-26, TensorFlow's preset).
LayerInit glorot();
// w U(-s, s), s = sqrt(12 / (in + out)): before a relu (improved_wgan_training's He); b = 0.
LayerInit he();
// w N(0, std^2), b = 0. SG-06 with std 0.01, DCGAN with 0.02.
LayerInit gaussian(double std);

}  // namespace init
}  // namespace ganflow
