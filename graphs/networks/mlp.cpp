#include "graphs/networks/mlp.h"

namespace ganflow {
namespace {

constexpr int kHidden = 4;

ImageStack& hidden(ImageStack& s, const ImageNetwork& o) {
  s.planes();
  for (int i = 0; i < kHidden; ++i) s.linear(8 * o.width).then({relu});
  return s;
}

}  // namespace

Layers mlp_generator(const ImageNetwork& o) {
  ImageStack s(o);
  return hidden(s, o)
      .linear(o.channels * o.image_height * o.image_width)
      .then({tanh, Unflatten{{o.channels, o.image_height, o.image_width}}})
      .layers();
}

Layers mlp_critic(const ImageNetwork& o) {
  ImageStack s(o);
  s.then({flatten});
  return hidden(s, o).linear(1).layers();
}

}  // namespace ganflow
