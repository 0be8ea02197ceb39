#include "graphs/networks/classifier.h"

#include "ops/layers/linear.h"

namespace ganflow {

Layers classifier_features(const ImageNetwork& o, Extent side) {
  ImageStack s(o);
  Extent channels = o.width;
  s.conv(channels, 1, relu);
  for (; side > 8; side = (side + 1) / 2) {
    channels *= 2;
    s.conv(channels, 2, relu).conv(channels, 1, relu);
  }
  return s.then({mean_pixels}).layers();
}

Layers classifier_head(Extent classes) { return layers({Linear{.out = classes}}); }

}  // namespace ganflow
