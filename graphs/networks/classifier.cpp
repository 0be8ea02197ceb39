#include "graphs/networks/classifier.h"

#include "ops/layers/linear.h"
#include "ops/layers/residual.h"

namespace ganflow {

Layers classifier_features(const ClassifierNetwork& o) {
  const ImageNetwork stack{
      .width = o.width, .kernel = 3, .channels = o.channels, .init = init::he()};
  ImageStack s(stack);
  Extent channels = o.width;
  s.conv(channels, 1, relu);
  for (Extent side = o.side; side > 8; side = (side + 1) / 2) {
    channels *= 2;
    s.conv(channels, 2, relu);
    if (o.blocks == 0) s.conv(channels, 1, relu);
    const Layer conv = s.make_conv(channels, 1);
    for (Extent i = 0; i < o.blocks; ++i)
      s.then({Residual({conv, BatchNorm{}, relu, conv, BatchNorm{}}), relu});
  }
  return s.then({mean_pixels}).layers();
}

Layers classifier_head(Extent classes) { return layers({Linear{.out = classes}}); }

}  // namespace ganflow
