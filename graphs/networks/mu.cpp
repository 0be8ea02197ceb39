#include "graphs/networks/mu.h"

namespace ganflow {

Layers mu_generator(const ImageNetwork& o) {
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  s.project(stages);
  for (auto f = stages.factors.rbegin() + 1; f != stages.factors.rend(); ++f)
    s.deconv(*f * o.width);
  return s.deconv_image(tanh).layers();
}

Layers mu_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  for (const Extent factor : image_stages(o).factors) s.conv(factor * o.width, 2, leaky_relu(0.2));
  return s.then({flatten}).linear(1).layers();
}

}  // namespace ganflow
