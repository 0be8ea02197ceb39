#include "graphs/networks/image_network.h"

#include <algorithm>

#include "engine/error.h"
#include "ops/layers/linear.h"

namespace ganflow {

ImageStages image_stages(const ImageNetwork& o) {
  constexpr Extent kLeast = 16, kMost = 1024, kMostFactor = 8;
  const Extent h = o.image_height, w = o.image_width, shorter = std::min(h, w);
  ImageStages stages;
  Extent halvings = 1;  // 2^n
  for (Extent side = shorter; side >= 8; side /= 2) {
    stages.factors.push_back(std::min(halvings, kMostFactor));
    halvings *= 2;
  }
  if (shorter < kLeast || std::max(h, w) > kMost || h % halvings != 0 || w % halvings != 0) {
    const Extent near = std::clamp((shorter + halvings / 2) / halvings * halvings, kLeast, kMost);
    fail(Fault::usage,
         "the networks are made for images of {} to {} pixels whose sides can be halved until 4 to "
         "7 are left of the shorter one, the images have {} x {} (height x width): resize them, "
         "--set size={}",
         kLeast, kMost, h, w, near);
  }
  stages.height = h / halvings;
  stages.width = w / halvings;
  return stages;
}

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

ImageStack& ImageStack::project(Extent height, Extent width, Extent channels) {
  if (o_.conditional) then({Condition{}});
  const Linear linear{.out = height * width * channels, .init = init_, .bias = o_.norm.empty()};
  then({linear, Unflatten{{channels, height, width}}});
  if (o_.norm_after_activation) return then({relu}).then(o_.norm);
  return then(o_.norm).then({relu});
}

ImageStack& ImageStack::project(const ImageStages& stages) {
  return project(stages.height, stages.width, stages.factors.back() * o_.width);
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

ImageStack& ImageStack::score(const ImageStages& stages) {
  if (stages.height != 4 || stages.width != 4) return then({flatten}).linear(1);
  return then({Conv{.channels = 1,
                    .kernel = 4,
                    .padding = Padding::valid,
                    .init = init_,
                    .weight = o_.weight},
               flatten});
}

}  // namespace ganflow
