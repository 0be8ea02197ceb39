// Fully connected networks for images of any size (LE-14): four hidden layers of 8 width units,
// relu, no norm. At width 64 the 512 units of the WGAN paper's (Arjovsky et al. 2017, 4.3).
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers mlp_generator(const ImageNetwork& o);  // ends in tanh
Layers mlp_critic(const ImageNetwork& o);

}  // namespace ganflow
