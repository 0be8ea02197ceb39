#include "graphs/networks/image.h"

#include "engine/error.h"
#include "ops/layers/conv.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/residual.h"

namespace ganflow {
namespace {

// Appends layers to a list.
class Stack {
 public:
  explicit Stack(const ImageNetwork& o) : o_(o), init_(o.init.value_or(init::glorot())) {
    if (o.width < 1 || o.kernel < 1 || o.channels < 1)
      fail(Fault::usage,
           "image network: width is {}, kernel {} and channels {}, each must be at least 1",
           o.width, o.kernel, o.channels);
  }
  Stack& then(std::vector<Layer> more) {
    list_.insert(list_.end(), more.begin(), more.end());
    return *this;
  }
  // A layer with the norm and its activation, in the order asked for.
  Stack& block(const Layer& layer, const Layer& activation) {
    then({layer});
    if (o_.norm_after_activation) return then({activation}).then(o_.norm);
    return then(o_.norm).then({activation});
  }
  Stack& conv(Extent channels, Extent stride, const Layer& activation) {
    return block(make_conv(channels, stride), activation);
  }
  Stack& deconv(Extent channels) {
    return block(
        Deconv{.channels = channels, .kernel = o_.kernel, .bias = o_.norm.empty(), .init = init_},
        relu);
  }
  // z to `side` x `side` pixels.
  Stack& project(Extent side, Extent channels) {
    if (o_.conditional) then({Condition{}});
    const Linear linear{.out = side * side * channels, .init = init_, .bias = o_.norm.empty()};
    then({linear, Unflatten{{channels, side, side}}});
    if (o_.norm_after_activation) return then({relu}).then(o_.norm);
    return then(o_.norm).then({relu});
  }
  Conv make_conv(Extent channels, Extent stride) const {
    return {.channels = channels,
            .kernel = o_.kernel,
            .stride = stride,
            .bias = o_.norm.empty(),
            .init = init_,
            .weight = o_.weight};
  }
  // The last convolution of a generator: no norm.
  Stack& image(const Layer& activation) {
    return then({Conv{.channels = o_.channels, .kernel = o_.kernel, .init = init_}, activation});
  }
  Stack& deconv_image(const Layer& activation) {
    return then({Deconv{.channels = o_.channels, .kernel = o_.kernel, .init = init_}, activation});
  }
  Stack& linear(Extent out) {
    return then({Linear{.out = out, .init = init_, .weight = o_.weight}});
  }
  // What is left of 4x4 pixels to one score.
  Stack& score() {
    return then({Conv{.channels = 1,
                      .kernel = 4,
                      .padding = Padding::valid,
                      .init = init_,
                      .weight = o_.weight},
                 flatten});
  }
  Layers layers() { return Layers(std::move(list_)); }

 private:
  const ImageNetwork& o_;
  LayerInit init_;
  std::vector<Layer> list_;
};

const Layer kLeaky = leaky_relu(0.2);

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

Layers pooling_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(4, 4 * o.width);
  for (const Extent factor : {4, 2, 1}) s.then({Upsample{}}).conv(factor * o.width, 1, relu);
  return s.image(tanh).layers();
}

Layers pooling_critic(const ImageNetwork& o) {
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  for (const Extent factor : {1, 2, 4})
    s.then({s.make_conv(factor * o.width, 1), MaxPool{}}).then(o.norm).then({relu});
  return s.score().layers();
}

Layers dcgan_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(4, 4 * o.width);
  for (const Extent factor : {4, 2, 1}) s.deconv(factor * o.width);
  return s.image(tanh).layers();
}

Layers dcgan_critic(const ImageNetwork& o, Minibatch minibatch) {
  Stack s(o);
  for (const Extent factor : {1, 2, 4}) s.conv(factor * o.width, 2, kLeaky);
  if (!o.conditional && minibatch == Minibatch::none) return s.score().layers();
  s.then({flatten});
  const auto dense = [&] { s.linear(4 * o.width).then({kLeaky}); };
  if (o.conditional) s.then({Condition{}});
  if (minibatch == Minibatch::none || minibatch == Minibatch::before ||
      minibatch == Minibatch::both)
    dense();
  if (minibatch != Minibatch::none) s.then({MinibatchDiscrimination{}});
  if (minibatch == Minibatch::after || minibatch == Minibatch::both) dense();
  return s.linear(1).layers();
}

Layers wgan_critic(ImageNetwork o) {
  o.norm = {LayerNorm{}};
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  for (const Extent factor : {1, 2, 4}) s.conv(factor * o.width, 2, kLeaky);
  return s.score().layers();
}

Layers notebook_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(2, 4 * o.width);
  for (int i = 0; i < 4; ++i) s.deconv(2 * o.width);
  return s.image(tanh).layers();
}

Layers mu_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(4, 4 * o.width);
  for (const Extent factor : {2, 1}) s.deconv(factor * o.width);
  return s.deconv_image(tanh).layers();
}

Layers mu_critic(const ImageNetwork& o) {
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  for (const Extent factor : {1, 2, 4}) s.conv(factor * o.width, 2, kLeaky);
  return s.then({flatten}).linear(1).layers();
}

Layers mnist_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(4, 4 * o.width);
  s.deconv(2 * o.width).then({Crop{7}}).deconv(o.width);
  return s.deconv_image(sigmoid).layers();
}

Layers mnist_critic(const ImageNetwork& o) { return mu_critic(o); }

Layers dcgan64_generator(const ImageNetwork& o) {
  Stack s(o);
  s.project(4, 8 * o.width);
  for (const Extent factor : {4, 2, 1}) s.deconv(factor * o.width);
  return s.deconv_image(tanh).layers();
}

Layers dcgan64_critic(const ImageNetwork& o) {
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  Conv first = s.make_conv(o.width, 2);
  first.bias = true;
  s.then({first, kLeaky});
  for (const Extent factor : {2, 4, 8}) s.conv(factor * o.width, 2, kLeaky);
  return s.then({flatten}).linear(1).layers();
}

Layers resnet_generator(const ImageNetwork& o) {
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  s.linear(16 * o.width).then({Unflatten{{o.width, 4, 4}}});
  const ResidualBlock up = block(o, Resample::up);
  s.then({up, up, up}).then(o.norm).then({relu});
  return s.image(tanh).layers();
}

Layers resnet_critic(const ImageNetwork& o) {
  Stack s(o);
  if (o.conditional) s.then({Condition{}});
  for (const Resample resample : {Resample::first, Resample::down, Resample::none, Resample::none})
    s.then({block(o, resample)});
  return s.then({relu, mean_pixels}).linear(1).layers();
}

}  // namespace ganflow
