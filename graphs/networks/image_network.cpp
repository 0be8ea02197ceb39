#include "graphs/networks/image_network.h"

#include "engine/error.h"
#include "ops/layers/linear.h"

namespace ganflow {

ImageStack::ImageStack(const ImageNetwork& o) : o_(o), init_(o.init.value_or(init::glorot())) {
  if (o.width < 1 || o.kernel < 1 || o.channels < 1)
    fail(Fault::usage,
         "image network: width is {}, kernel {} and channels {}, each must be at least 1", o.width,
         o.kernel, o.channels);
}

ImageStack& ImageStack::then(const std::vector<Layer>& more) {
  list_.insert(list_.end(), more.begin(), more.end());
  return *this;
}

ImageStack& ImageStack::block(const Layer& layer, const Layer& activation) {
  then({layer});
  if (o_.norm_after_activation) return then({activation}).then(o_.norm);
  return then(o_.norm).then({activation});
}

ImageStack& ImageStack::conv(Extent channels, Extent stride, const Layer& activation) {
  return block(make_conv(channels, stride), activation);
}

ImageStack& ImageStack::deconv(Extent channels) {
  return block(
      Deconv{.channels = channels, .kernel = o_.kernel, .bias = o_.norm.empty(), .init = init_},
      relu);
}

ImageStack& ImageStack::project(Extent side, Extent channels) {
  if (o_.conditional) then({Condition{}});
  const Linear linear{.out = side * side * channels, .init = init_, .bias = o_.norm.empty()};
  then({linear, Unflatten{{channels, side, side}}});
  if (o_.norm_after_activation) return then({relu}).then(o_.norm);
  return then(o_.norm).then({relu});
}

ImageStack& ImageStack::planes() { return o_.conditional ? then({Condition{}}) : *this; }

Conv ImageStack::make_conv(Extent channels, Extent stride) const {
  return {.channels = channels,
          .kernel = o_.kernel,
          .stride = stride,
          .bias = o_.norm.empty(),
          .init = init_,
          .weight = o_.weight};
}

ImageStack& ImageStack::image(const Layer& activation) {
  return then({Conv{.channels = o_.channels, .kernel = o_.kernel, .init = init_}, activation});
}

ImageStack& ImageStack::deconv_image(const Layer& activation) {
  return then({Deconv{.channels = o_.channels, .kernel = o_.kernel, .init = init_}, activation});
}

ImageStack& ImageStack::linear(Extent out) {
  return then({Linear{.out = out, .init = init_, .weight = o_.weight}});
}

ImageStack& ImageStack::score() {
  return then({Conv{.channels = 1,
                    .kernel = 4,
                    .padding = Padding::valid,
                    .init = init_,
                    .weight = o_.weight},
               flatten});
}

}  // namespace ganflow
