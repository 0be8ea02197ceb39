#include "graphs/networks/dcgan.h"

namespace ganflow {

Layers dcgan_generator(const ImageNetwork& o) {
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  s.project(stages);
  for (auto f = stages.factors.rbegin(); f != stages.factors.rend(); ++f) s.deconv(*f * o.width);
  return s.image(tanh).layers();
}

Layers dcgan_critic(const ImageNetwork& o) {
  const Layer leaky = leaky_relu(0.2);
  const Minibatch at = o.minibatch;
  const bool joined = o.conditional && !o.label_planes;
  ImageStack s(o);
  const ImageStages stages = image_stages(o);
  if (o.label_planes) s.planes();
  for (const Extent factor : stages.factors) s.conv(factor * o.width, 2, leaky);
  if (!joined && at == Minibatch::none) return s.score(stages).layers();
  s.then({flatten});
  const auto dense = [&] { s.linear(4 * o.width).then({leaky}); };
  if (joined) s.then({Condition{}});
  if (at == Minibatch::none || at == Minibatch::before || at == Minibatch::both) dense();
  if (at != Minibatch::none) s.then({o.discrimination});
  if (at == Minibatch::after || at == Minibatch::both) dense();
  return s.linear(1).layers();
}

Layers notebook_generator(const ImageNetwork& o) {
  ImageStack s(o);
  s.project(2, 2, 4 * o.width);
  for (int i = 0; i < 4; ++i) s.deconv(2 * o.width);
  return s.image(tanh).layers();
}

}  // namespace ganflow
