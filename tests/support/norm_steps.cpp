#include "support/norm_steps.h"

#include <array>

#include "ops/primitives/primitives.h"

namespace ganflow::test {
namespace {

Value unit(Value x) { return x / sqrt(sum(square(x)) + 1e-12); }

struct Iterated {
  Value u, weight;  // the next left vector, the weight over its singular value
};
Iterated iterated(Builder& builder, Value w, std::size_t layer) {
  const Extent rows = w.rows();
  Value u = variable(builder, "D/" + std::to_string(layer) + "/u", {{rows}});
  const Value v = unit(matmul(reshape(u, {1, rows}), stop(w)));
  u = unit(matmul(v, stop(w), false, true));
  return {reshape(u, {rows}), w / sum(stop(u) * matmul(stop(v), w, false, true))};
}

}  // namespace

StepCase minibatch_critic(StepCase c, Extent kernels, Extent width) {
  c.name = "minibatch discrimination";
  const Extent features = c.critic[1];
  c.critic_net.row = {c.critic[0]};
  c.critic_net.layers = {{{c.critic[0], features}, {features}},
                         {{features, kernels * width}, {kernels}},
                         {{features + kernels, 1}, {1}}};
  c.critic_net.forward = [=](const Layers& l, Value x) {
    x = positive(matmul(x, l[0].w) + l[0].b);
    const Extent n = x.rows();
    const Value m = reshape(matmul(x, l[1].w), {n, kernels, width});
    const Value distance = abs(broadcast(m, {1}, {n}) - broadcast(m, {0}, {n}));
    const Value close = sum(exp(-sum(distance, {3})), {1}) + l[1].b;
    return matmul(concat(std::array{x, close}, 1), l[2].w) + l[2].b;
  };
  return c;
}

StepCase spectral_critic(StepCase c) {
  c.name = "spectral norm, " + c.name;
  Architecture& net = c.critic_net;
  net.row = {c.critic[0]};
  for (std::size_t i = 1; i < c.critic.size(); ++i)
    net.layers.push_back({{c.critic[i - 1], c.critic[i]}, {c.critic[i]}});
  net.forward = [](const Layers& l, Value x) {
    for (std::size_t i = 0; i < l.size(); ++i) {
      x = matmul(x, iterated(x.builder(), l[i].w, i).weight) + l[i].b;
      if (i + 1 < l.size()) x = positive(x);
    }
    return x;
  };
  net.assign_state = [](Builder& builder, const Layers& l) {
    for (std::size_t i = 0; i < l.size(); ++i)
      assign(builder, variable(builder, "D/" + std::to_string(i) + "/u", {{l[i].w.rows()}}),
             iterated(builder, l[i].w, i).u);
  };
  return c;
}

StepCase few_latents() {
  StepCase c = mnist();
  c.name = "16 latents";
  c.generator = {16, 512, 512, 784};
  return c;
}

}  // namespace ganflow::test
