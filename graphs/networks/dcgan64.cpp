#include "graphs/networks/dcgan64.h"

namespace ganflow {

Layers dcgan64_generator(const ImageNetwork& o) {
  ImageStack s(o);
  s.project(4, 4, 8 * o.width);
  for (const Extent factor : {4, 2, 1}) s.deconv(factor * o.width);
  return s.deconv_image(tanh).layers();
}

Layers dcgan64_critic(const ImageNetwork& o) {
  const Layer leaky = leaky_relu(0.2);
  ImageStack s(o);
  s.planes();
  Conv first = s.make_conv(o.width, 2);
  first.bias = true;
  s.then({first, leaky});
  for (const Extent factor : {2, 4, 8}) s.conv(factor * o.width, 2, leaky);
  return s.then({flatten}).linear(1).layers();
}

}  // namespace ganflow
