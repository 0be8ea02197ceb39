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
  s.linear(16 * o.width).then({Unflatten{{o.width, 4, 4}}});
  const ResidualBlock up = block(o, Resample::up);
  s.then({up, up, up}).then(o.norm).then({relu});
  return s.image(tanh).layers();
}

Layers resnet_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.planes();
  for (const Resample resample : {Resample::first, Resample::down, Resample::none, Resample::none})
    s.then({block(o, resample)});
  return s.then({relu, mean_pixels}).linear(1).layers();
}

}  // namespace ganflow
