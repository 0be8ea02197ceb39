#include "graphs/networks/pooling.h"

namespace ganflow {

Layers pooling_generator(const ImageNetwork& o) {
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  s.project(stages);
  for (auto f = stages.factors.rbegin(); f != stages.factors.rend(); ++f)
    s.then({Upsample{}}).conv(*f * o.width, 1, relu);
  return s.image(tanh).layers();
}

Layers pooling_critic(const ImageNetwork& o) {
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  s.planes();
  for (const Extent factor : stages.factors)
    s.then({s.make_conv(factor * o.width, 1), MaxPool{}}).then(o.norm).then({relu});
  return s.score(stages).layers();
}

}  // namespace ganflow
