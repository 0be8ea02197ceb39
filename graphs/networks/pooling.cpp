#include "graphs/networks/pooling.h"

namespace ganflow {

Layers pooling_generator(const ImageNetwork& o) {
  ImageStack s(o);
  s.project(4, 4 * o.width);
  for (const Extent factor : {4, 2, 1}) s.then({Upsample{}}).conv(factor * o.width, 1, relu);
  return s.image(tanh).layers();
}

Layers pooling_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  for (const Extent factor : {1, 2, 4})
    s.then({s.make_conv(factor * o.width, 1), MaxPool{}}).then(o.norm).then({relu});
  return s.score().layers();
}

}  // namespace ganflow
