#include "graphs/networks/mu.h"

namespace ganflow {

Layers mu_generator(const ImageNetwork& o) {
  ImageStack s(o);
  s.project(4, 4 * o.width);
  for (const Extent factor : {2, 1}) s.deconv(factor * o.width);
  return s.deconv_image(tanh).layers();
}

Layers mu_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  for (const Extent factor : {1, 2, 4}) s.conv(factor * o.width, 2, leaky_relu(0.2));
  return s.then({flatten}).linear(1).layers();
}

}  // namespace ganflow
