#include "graphs/networks/autoencoder.h"

namespace ganflow {

Layers autoencoder(const ImageNetwork& o) {
  constexpr Extent kCode = 64;
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  for (const Extent factor : stages.factors) s.conv(factor * o.width, 2, leaky_relu(0.2));
  s.then({flatten}).linear(kCode).project(stages);
  for (auto f = stages.factors.rbegin(); f != stages.factors.rend(); ++f) s.deconv(*f * o.width);
  return s.image(tanh).layers();
}

}  // namespace ganflow
