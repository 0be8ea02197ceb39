// BEGAN's critic: the stages of dcgan's to a code of 64 numbers, and the generator's back to the
// image. Any size of image_stages().
#pragma once

#include "graphs/networks/image_network.h"

namespace ganflow {

Layers autoencoder(const ImageNetwork& o);  // (N,C,H,W) -> (N,C,H,W)

}  // namespace ganflow
