#include "graphs/parts/players.h"

#include "engine/error.h"
#include "ops/layers/forward.h"
#include "ops/sources/labels.h"
#include "ops/transforms/instance_noise.h"
#include "ops/transforms/one_hot.h"

namespace ganflow {

Port random_condition(Graph& g, const std::string& name, const Labels& labels) {
  return g.add(name, OneHot{labels.classes}, g.add(name + ".labels", labels));
}

Port Players::forward(Graph& g, const std::string& node, const Network& network, Port x,
                      Port classes) const {
  return add(g, node, Forward{network}, classes, x);
}

Port Players::judge(Graph& g) const {
  if (d_fresh.node() >= 0) return d_fresh;
  return forward(g, "critic_judge", D, fresh, fresh_classes);
}

Players players(Graph& g, const NetworkPair& networks, const DataSet& data, Port real,
                const Latent& latent, const PlayersOptions& o) {
  Players p{.G = networks.G, .D = networks.D, .data = data, .latent = latent};
  if (o.conditional) {
    const Port label = data.label();
    p.condition = g.add("condition", OneHot{label.classes()}, label);
    p.fresh_classes = random_condition(g, "condition2",
                                       {.classes = label.classes(), .times = o.generator_batches});
  }
  const Port z = latent.draw(g, latent.node);
  p.generated = p.forward(g, "generate", p.G, z, p.condition);
  const bool reuse = g.option(Option<bool>{
      "reuse_noise", false, "the generator's step takes the critic's last noise (GU-03)"});
  if (reuse && o.generator_batches != 1)
    fail(Fault::usage,
         "--set reuse_noise=1: a generator's step of {} batches cannot reuse the one of the "
         "critic's",
         o.generator_batches);
  const auto generate = [&] {
    const std::string z2 = latent.node + "2";
    p.z = reuse ? g.again(z2, z) : latent.draw(g, z2, o.generator_batches);
    p.images = p.forward(g, "generate2", p.G, p.z, p.fresh_classes);
  };
  const bool as_trained = o.order == TraceOrder::as_trained;
  if (!as_trained) generate();

  // Both stand in front of the critic only: samples are drawn without them.
  const Augmentation augment(g, data);
  p.adapt = augment.adapt();
  const bool noisy = g.option(Option<bool>{
      "noise", false, "instance noise in front of the critic, of deviation noise.sigma"});
  const Scalar sigma = noisy ? g.scalar("noise.sigma", linear(0.1, 0, 0, g.steps())) : Scalar(0);
  const auto seen = [&](const std::string& name, Port x) {
    x = augment(g, name + "_augment", x);
    return noisy ? g.add(name + "_noise", InstanceNoise{.sigma = sigma}, x) : x;
  };
  p.real = seen("real", real);
  p.fake = seen("fake", p.generated);
  p.d_real = p.forward(g, "critic_real", p.D, p.real, p.condition);
  p.d_fake = p.forward(g, "critic_fake", p.D, p.fake, p.condition);
  if (as_trained) generate();
  p.fresh = seen("fresh", p.images);
  if (as_trained) p.d_fresh = p.judge(g);
  return p;
}

}  // namespace ganflow
