#include "support/steps.h"

#include "engine/program/gradient.h"
#include "ops/primitives/primitives.h"

namespace ganflow::test {
namespace {

// The parameters of a network as they stand, and how their state is kept.
struct Net {
  std::string name;
  Layers now;
  std::vector<std::vector<Value>> state;  // per parameter
  const Architecture* architecture;
};

Value perceptron(const Layers& layers, Value x) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    x = matmul(x, layers[i].w) + layers[i].b;
    if (i + 1 < layers.size()) x = positive(x);
  }
  return x;
}

Architecture with_widths(const std::vector<Extent>& widths) {
  Architecture net{{}, perceptron, {widths[0]}};
  for (std::size_t i = 1; i < widths.size(); ++i)
    net.layers.push_back({{widths[i - 1], widths[i]}, {widths[i]}});
  return net;
}

std::vector<Value> parameters(const Layers& layers) {
  std::vector<Value> result;
  for (const Layer& layer : layers) {
    result.push_back(layer.w);
    result.push_back(layer.b);
  }
  return result;
}

class Tracing {
 public:
  explicit Tracing(const StepCase& c)
      : c_(c),
        generator_(c.generator_net.forward ? c.generator_net : with_widths(c.generator)),
        critic_(c.critic_net.forward ? c.critic_net : with_widths(c.critic)) {}
  Program& program() { return builder_.program(); }

  Net generator_net() { return net("G", generator_); }
  Net critic_net() { return net("D", critic_); }

  Value latent() {
    const Shape shape{c_.batch, generator_.row[0]};
    return random(builder_, RandomKind::uniform, shape, stream_++) * 2 - 1;
  }
  Value generate(const Net& g, Value z) {
    const Value x = forward(g, z);
    return c_.sigmoid_output ? sigmoid(x) : x;
  }

  void critic(Net& d, const Net& g, bool last) {
    const std::string step = suffix(critic_steps_++);
    const Extent pixels = critic_.row.elements();
    if (!data_) data_ = input(builder_, "data", {{c_.data_rows, pixels}, DType::real});
    const Value index = input(builder_, "index" + step, {{c_.batch}, DType::index});
    const Value fake = generate(g, latent()), real = reshape(gather(data_, index), fake.shape());
    const Value d_real = forward(d, real), d_fake = forward(d, fake);
    Value loss = c_.loss == Loss::wasserstein ? mean(d_fake) - mean(d_real)
                                              : mean(softplus(-d_real)) + mean(softplus(d_fake));
    output(builder_, "wasserstein" + step, mean(d_real) - mean(d_fake));
    if (c_.penalty != Penalty::none) {
      const Value p = penalty(d, real, fake);
      output(builder_, "penalty" + step, p);
      loss = loss + p;
    }
    if (critic_.assign_state && last) critic_.assign_state(builder_, d.now);
    update(d, loss, last);
  }

  void generator(const Net& d, Net& g) {
    const Value z = latent(), images = generate(g, z), score = forward(d, images);
    Value loss = c_.loss == Loss::wasserstein ? -mean(score) : mean(softplus(-score));
    output(builder_, "generator_loss", loss);
    if (c_.smooth != Smooth::none) {
      const Value s = mean(positive(jacobian(images, z) - scalar("k")));
      output(builder_, "smooth", s);
      loss = loss + scalar("gamma") * s;
    }
    update(g, loss, true);
  }

 private:
  static std::string suffix(int i) { return i ? std::to_string(i) : ""; }

  Value scalar(const std::string& name) {
    auto& slots = program().inputs;
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i].name == name) return scalars_.at(name);
    return scalars_[name] = input(builder_, name, {});
  }

  Net net(const std::string& name, const Architecture& architecture) {
    Net net{name, {}, {}, &architecture};
    for (std::size_t i = 0; i < architecture.layers.size(); ++i) {
      const std::string layer = name + "/" + std::to_string(i);
      const auto& [w, b] = architecture.layers[i];
      net.now.push_back(
          {variable(builder_, layer + "/w", {w}), variable(builder_, layer + "/b", {b})});
    }
    return net;
  }

  static Value forward(const Net& net, Value x) { return net.architecture->forward(net.now, x); }

  Value penalty(const Net& d, Value real, Value fake) {
    Value x = c_.where == Where::real ? real : fake;
    if (c_.where == Where::interpolated) {
      const Value e = random(builder_, RandomKind::uniform, {c_.batch}, stream_++);
      x = fake + broadcast_rows(e, fake) * (real - fake);
    }
    const Value g = gradient(sum(forward(d, x)), x);
    const Value square_norm = row_sums(g * g);
    Value p;
    if (c_.penalty == Penalty::gradient) p = mean(square(sqrt(square_norm + 1e-12) - 1));
    if (c_.penalty == Penalty::simple) p = mean(square_norm);
    if (c_.penalty == Penalty::hinge) p = mean(positive(square_norm - 1));
    return scalar("lambda") * p;
  }

  // |d images / dz|^2 of each row over the elements of an image.
  Value jacobian(Value images, Value z) {
    Value squared;
    if (c_.smooth == Smooth::probe) {
      const Value v = random(builder_, RandomKind::sign, images.shape(), stream_++);
      squared = square(gradient(images, z, v));
    } else {
      const Extent d = z.shape()[1];
      const Value one = full(builder_, {z.rows(), 1}, 1);
      for (Extent j = 0; j < d; ++j) {
        const std::array from{z}, along{pad(one, 1, j, d - j - 1)};
        const Value slope = square(jvp(images, from, along));
        squared = squared ? squared + slope : slope;
      }
    }
    return row_sums(squared) / static_cast<double>(images.shape().row_elements());
  }

  // Parameters and their state move on; the last update of a program assigns the variables.
  void update(Net& net, Value loss, bool last) {
    const std::vector<Value> p = parameters(net.now);
    const std::vector<Value> g = gradient(loss, p);
    net.state.resize(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      Layer& layer = net.now[i / 2];
      const std::string name = net.name + "/" + std::to_string(i / 2) + (i % 2 ? "/b" : "/w");
      Value& value = i % 2 ? layer.b : layer.w;
      value = c_.update == Update::rmsprop ? rmsprop(name, net.state[i], p[i], g[i])
                                           : adam(name, net.state[i], p[i], g[i]);
      value = stop(value);  // the next step starts from it, nothing differentiates through it
      if (!last) continue;
      assign(builder_, variable(builder_, name, p[i].type()), value);
      for (std::size_t s = 0; s < net.state[i].size(); ++s)
        assign(builder_, state(name, s, p[i]), net.state[i][s]);
    }
  }

  Value state(const std::string& name, std::size_t s, Value like) {
    return variable(builder_, name + "/state" + std::to_string(s), like.type());
  }

  Value rmsprop(const std::string& name, std::vector<Value>& moments, Value p, Value g) {
    if (moments.empty()) moments = {state(name, 0, p)};
    moments[0] = moments[0] * 0.99 + square(g) * 0.01;
    return p - scalar("lr") * (g / (sqrt(moments[0]) + 1e-8));
  }

  Value adam(const std::string& name, std::vector<Value>& moments, Value p, Value g) {
    if (moments.empty()) moments = {state(name, 0, p), state(name, 1, p)};
    moments[0] = moments[0] * 0.5 + g * 0.5;
    moments[1] = moments[1] * 0.9 + square(g) * 0.1;
    const Value m = moments[0] * scalar("unbias0"), v = moments[1] * scalar("unbias1");
    return p - scalar("lr") * (m / (sqrt(v) + 1e-8));
  }

  const StepCase& c_;
  Architecture generator_, critic_;
  Builder builder_;
  Value data_;
  std::map<std::string, Value> scalars_;
  std::uint32_t stream_ = 1;
  int critic_steps_ = 0;
};

}  // namespace

StepCase StepCase::with(Penalty p, Where w) const {
  static const char* const kPenalties[] = {"no penalty", "GP", "SGP", "hinge"};
  static const char* const kWhere[] = {"x-hat", "real", "fake"};
  StepCase c = *this;
  c.penalty = p;
  c.where = w;
  c.name += std::string(", ") + kPenalties[static_cast<int>(p)];
  if (p != Penalty::none) c.name += std::string(" at ") + kWhere[static_cast<int>(w)];
  return c;
}

StepCase StepCase::with(Loss l) const {
  StepCase c = *this;
  c.loss = l;
  c.name += l == Loss::minimax ? ", GAN loss" : ", Wasserstein loss";
  return c;
}

StepCase StepCase::with(Smooth s) const {
  StepCase c = *this;
  c.smooth = s;
  c.name += s == Smooth::exact ? ", Smooth GAN, exact" : ", Smooth GAN, a probe";
  return c;
}

StepCase StepCase::shrunk() const {
  StepCase c = *this;
  for (auto* widths : {&c.generator, &c.critic})
    for (std::size_t i = 0; i < widths->size(); ++i) {
      Extent& n = (*widths)[i];
      if (n > 8) n = 3 + static_cast<Extent>(i) + n % 5;  // 1 and 2 are special: kept
    }
  c.critic.front() = c.generator.back();
  c.batch = 6;
  c.data_rows = 11;
  return c;
}

StepCase thesis() { return {.name = "thesis", .generator = {2, 64, 784}, .critic = {784, 64, 1}}; }
StepCase mnist() {
  return {.name = "mnist",
          .generator = {48, 512, 512, 784},
          .critic = {784, 128, 128, 1},
          .data_rows = 60000};
}
StepCase toy() {
  return {.name = "toy",
          .generator = {2, 512, 512, 512, 2},
          .critic = {2, 512, 512, 512, 1},
          .batch = 256,
          .data_rows = 4096,
          .sigmoid_output = false,
          .update = Update::adam};
}

Program critic_step(const StepCase& c) {
  Tracing t(c);
  const Net g = t.generator_net();
  Net d = t.critic_net();
  t.critic(d, g, true);
  return t.program();
}

Program generator_step(const StepCase& c) {
  Tracing t(c);
  Net g = t.generator_net();
  const Net d = t.critic_net();
  t.generator(d, g);
  return t.program();
}

Program macro_step(const StepCase& c, int critic_steps) {
  Tracing t(c);
  Net g = t.generator_net(), d = t.critic_net();
  for (int i = 1; i <= critic_steps; ++i) t.critic(d, g, i == critic_steps);
  t.generator(d, g);
  return t.program();
}

}  // namespace ganflow::test
