#include "graphs/networks/mnist.h"

namespace ganflow {

Layers mnist_generator(const ImageNetwork& o) {
  ImageStack s(o);
  s.project(4, 4, 4 * o.width);
  s.deconv(2 * o.width).then({Crop{7}}).deconv(o.width);
  return s.deconv_image(sigmoid).layers();
}

Layers mnist_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  for (const Extent factor : {1, 2, 4}) s.conv(factor * o.width, 2, leaky_relu(0.2));
  return s.then({flatten}).linear(1).layers();
}

}  // namespace ganflow
