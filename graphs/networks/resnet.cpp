#include "graphs/networks/resnet.h"

#include "ops/layers/residual.h"

namespace ganflow {
namespace {

ResidualBlock block(const ImageNetwork& o, Resample resample) {
  return {.channels = o.width,
          .resample = resample,
          .kernel = o.kernel,
          .norm = o.norm,
          .init = o.init.value_or(init::he()),
          .shortcut_init = o.init.value_or(init::glorot()),
          .weight = o.weight};
}

}  // namespace

Layers resnet_generator(const ImageNetwork& o) {
  ImageStack s(o);
  if (o.conditional) s.then({Condition{}});
  const ImageStages stages = image_stages(o);
  s.linear(stages.height * stages.width * o.width)
      .then({Unflatten{{o.width, stages.height, stages.width}}});
  for (std::size_t i = 0; i < stages.factors.size(); ++i) s.then({block(o, Resample::up)});
  s.then(o.norm).then({relu});
  return s.image(tanh).layers();
}

Layers resnet_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  s.then({block(o, Resample::first)});
  // Twice as many pixels stay as in the generator's first layer, on which two blocks work.
  for (std::size_t i = 2; i < image_stages(o).factors.size(); ++i)
    s.then({block(o, Resample::down)});
  s.then({block(o, Resample::none), block(o, Resample::none)});
  return s.then({relu, mean_pixels}).linear(1).layers();
}

}  // namespace ganflow
