#include "support/image_steps.h"

#include "ops/primitives/primitives.h"

namespace ganflow::test {
namespace {

Value leaky(Value x) { return select(greater(x, 0), x, x * 0.2); }

// One number per channel, at every pixel.
Value per_channel(Value x, Value like) {
  const Shape s = like.shape();
  return broadcast(x, {0, 2, 3}, {s[0], s[2], s[3]});
}
Value convolved(const Layer& layer, Value x, const Window& window) {
  const Value y = conv2d(x, layer.w, window);
  return y + per_channel(layer.b, y);
}

// Mean 0 and variance 1 over `axes`, then gain and shift per channel.
Value normalised(const Layer& layer, Value x, std::initializer_list<int> axes,
                 const std::function<Value(Value)>& spread) {
  const Value centred = x - spread(mean(x, axes));
  const Value deviation = sqrt(mean(square(centred), axes) + 1e-5);
  return centred / spread(deviation) * per_channel(layer.w, x) + per_channel(layer.b, x);
}
Value batch_norm(const Layer& layer, Value x) {
  return normalised(layer, x, {0, 2, 3}, [x](Value v) { return per_channel(v, x); });
}
Value layer_norm(const Layer& layer, Value x) {
  return normalised(layer, x, {1, 2, 3}, [x](Value v) { return broadcast_rows(v, x); });
}

Value flat(Value x) { return reshape(x, {x.rows(), x.shape().row_elements()}); }
Value linear(const Layer& layer, Value x) { return matmul(x, layer.w) + layer.b; }

std::pair<Shape, Shape> bank(Extent out, Extent in, Extent kernel, Extent bias) {
  return {{out, in, kernel, kernel}, {bias}};
}

Architecture dcgan_generator(const ImageWidths& w) {
  const Extent first = w.channels.back(), side = w.size >> w.channels.size();
  Architecture net;
  net.row = {w.noise};
  net.layers = {{{w.noise, first * side * side}, {first * side * side}}};
  for (std::size_t i = w.channels.size(); i-- > 0;) {
    const Extent to = i > 0 ? w.channels[i - 1] : 3;
    net.layers.push_back({{w.channels[i]}, {w.channels[i]}});  // batch norm
    net.layers.push_back(bank(w.channels[i], to, w.kernel, to));
  }
  net.forward = [=](const Layers& layers, Value z) {
    Value x = reshape(linear(layers[0], z), {z.rows(), first, side, side});
    for (std::size_t i = 1; i < layers.size(); i += 2) {
      x = positive(batch_norm(layers[i], x));
      const Extent size = 2 * x.shape()[2];
      const Window window = same_window(size, size, w.kernel, w.kernel, 2);
      x = conv2d_input(x, layers[i + 1].w, size, size, window);
      x = x + per_channel(layers[i + 1].b, x);
    }
    return tanh(x);
  };
  return net;
}

Architecture dcgan_critic(const ImageWidths& w, bool norm) {
  Architecture net;
  net.row = {3, w.size, w.size};
  Extent from = 3;
  for (std::size_t i = 0; i < w.channels.size(); ++i) {
    net.layers.push_back(bank(w.channels[i], from, w.kernel, w.channels[i]));
    from = w.channels[i];
    if (norm && i > 0) net.layers.push_back({{from}, {from}});
  }
  const Extent side = w.size >> w.channels.size();
  net.layers.push_back({{from * side * side, 1}, {1}});
  net.forward = [=](const Layers& layers, Value x) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < w.channels.size(); ++i) {
      const Extent h = x.shape()[2];
      x = convolved(layers[at++], x, same_window(h, h, w.kernel, w.kernel, 2));
      if (norm && i > 0) x = layer_norm(layers[at++], x);
      x = leaky(x);
    }
    return linear(layers[at], flat(x));
  };
  return net;
}

Architecture resnet_critic_net(const ImageWidths& w) {
  const Extent c = w.channels.back();
  Architecture net;
  net.row = {3, w.size, w.size};
  net.layers = {bank(c, 3, 3, c), bank(c, c, 3, c), bank(c, 3, 1, c)};  // the first block
  for (int i = 0; i < 6; ++i) net.layers.push_back(bank(c, c, 3, c));   // two of each other one
  net.layers.insert(net.layers.begin() + 5, bank(c, c, 1, c));          // the second's shortcut
  net.layers.push_back({{c, 1}, {1}});
  net.forward = [](const Layers& l, Value x) {
    const auto conv = [](const Layer& layer, Value y, Extent kernel) {
      return convolved(layer, y, same_window(y.shape()[2], y.shape()[3], kernel, kernel));
    };
    const auto block = [&](Value y, const Layer& first, const Layer& second) {
      return conv(second, positive(conv(first, positive(y), 3)), 3);
    };
    x = average_pool(conv(l[1], positive(conv(l[0], x, 3)), 3)) + conv(l[2], average_pool(x), 1);
    x = average_pool(block(x, l[3], l[4])) + average_pool(conv(l[5], x, 1));
    x = block(x, l[6], l[7]) + x;
    x = block(x, l[8], l[9]) + x;
    return linear(l[10], mean(positive(x), {2, 3}));
  };
  return net;
}

StepCase image_case(const ImageWidths& w, std::string name, Architecture g, Architecture d) {
  StepCase c{.name = std::move(name), .batch = w.batch, .sigmoid_output = false};
  c.generator_net = std::move(g);
  c.critic_net = std::move(d);
  c.update = Update::adam;
  return c;
}

}  // namespace

StepCase dcgan(const ImageWidths& w) {
  return image_case(w, "dcgan", dcgan_generator(w), dcgan_critic(w, false));
}

StepCase dcgan_layer_norm(const ImageWidths& w) {
  return image_case(w, "dcgan, layer norm", dcgan_generator(w), dcgan_critic(w, true));
}

StepCase resnet_critic(const ImageWidths& w) {
  return image_case(w, "resnet", dcgan_generator(w), resnet_critic_net(w));
}

StepCase max_pool_critic(const ImageWidths& w) {
  const Extent side = w.size >> w.channels.size(), last = w.channels.back();
  const auto same = [w](Value x) {
    return same_window(x.shape()[2], x.shape()[3], w.kernel, w.kernel);
  };
  Architecture g, d;
  g.row = {w.noise};
  g.layers = {{{w.noise, last * side * side}, {last * side * side}}};
  for (std::size_t i = w.channels.size(); i-- > 0;) {
    const Extent to = i > 0 ? w.channels[i - 1] : 3;
    g.layers.push_back(bank(to, w.channels[i], w.kernel, to));
  }
  g.forward = [=](const Layers& layers, Value z) {
    Value x = positive(reshape(linear(layers[0], z), {z.rows(), last, side, side}));
    for (std::size_t i = 1; i < layers.size(); ++i) {
      x = upsample(x);
      x = convolved(layers[i], x, same(x));
      if (i + 1 < layers.size()) x = positive(x);
    }
    return tanh(x);
  };
  d.row = {3, w.size, w.size};
  Extent from = 3;
  for (const Extent channels : w.channels) {
    d.layers.push_back(bank(channels, from, w.kernel, channels));
    from = channels;
  }
  d.layers.push_back({{last * side * side, 1}, {1}});
  d.forward = [=](const Layers& layers, Value x) {
    for (std::size_t i = 0; i + 1 < layers.size(); ++i)
      x = positive(max_pool(convolved(layers[i], x, same(x))));
    return linear(layers.back(), flat(x));
  };
  return image_case(w, "max-pool critic", g, d);
}

}  // namespace ganflow::test
