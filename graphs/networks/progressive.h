// Progressive growing (LE-17; Karras et al. 2018): generator and critic of images of one side, 4,
// 8, 16 or 32 pixels. Every stage reads the Variables of the stages before it by name and adds its
// own: "8/conv1/w", "rgb8/conv1/w". While a stage is new it is blended in:
//
//   G: blend(upsample(rgb of the stage before), rgb of this stage; alpha), then tanh
//   D: blend(from rgb of the stage before of the pooled image, this stage; alpha)
//
// At alpha 0 both equal the stage before on the upsampled and the pooled image; at alpha 1 the
// stage before has no influence on what is blended.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Progressive {
  Extent side = 4;        // of the images: 4, 8, 16, 32, ... (a power of 2, at least 4)
  Extent width = 128;     // channels of every stage, >= 1
  Extent channels = 3;    // of an image
  Scalar alpha = 1;       // one for G and D: a Graph::scalar; unused at side 4
  bool deviation = true;  // minibatch standard deviation in D (LE-18): couples the samples
};

// z (N,d) -> (N,C,side,side)
Network::Forward progressive_generator(const Progressive& o);
// (N,C,side,side) -> (N,1)
Network::Forward progressive_critic(const Progressive& o);

}  // namespace ganflow
