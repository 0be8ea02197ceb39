#include "graphs/topology.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "engine/error.h"
#include "engine/suggest.h"
#include "graphs/image_topology.h"
#include "graphs/parts/dataset.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/losses/adversarial.h"
#include "ops/losses/wasserstein.h"
#include "ops/metrics/collapse.h"
#include "ops/optimizers/adam.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/primitives/math.h"
#include "ops/sources/noise.h"
#include "ops/transforms/gaussian_blur.h"
#include "ops/transforms/tunable_sigmoid.h"

namespace ganflow {
namespace {

// "64x128" -> sizes; the option of a hidden stack.
std::vector<Extent> sizes_option(Graph& g, const std::string& name, std::vector<Extent> sizes) {
  const std::string text = g.option(name, fmt::format("{}", fmt::join(sizes, "x")));
  sizes.clear();
  for (const char *at = text.data(), *end = at + text.size(); at <= end; ++at) {
    Extent size = 0;
    const auto [next, code] = std::from_chars(at, end, size);
    if (code != std::errc() || size < 1 || (next != end && *next != 'x'))
      fail(Fault::usage, "--set {}={}: hidden layers are sizes joined by x, as in 64x128", name,
           text);
    sizes.push_back(size);
    at = next;
  }
  return sizes;
}

std::vector<Extent> stack(Extent in, std::vector<Extent> hidden, Extent out) {
  hidden.insert(hidden.begin(), in);
  hidden.push_back(out);
  return hidden;
}

Optimizer optimizer(Graph& g, const Recipe& r) {
  const Scalar lr = g.scalar("lr", r.lr);
  const Scalar l2 = g.scalar("l2", r.l2);
  RmsProp tf = RmsProp::tf(lr);
  tf.l2 = l2;
  const std::vector<std::pair<std::string, Optimizer>> kinds = {
      {"rmsprop", RmsProp{.lr = lr, .l2 = l2}},
      {"rmsprop.tf", tf},
      {"adam", Adam{.lr = lr, .beta1 = 0.5, .beta2 = 0.9, .l2 = l2}},
      {"sgd", Sgd{.lr = lr, .momentum = 0.9, .l2 = l2}}};
  const std::string name = g.option("optimizer", r.optimizer);
  std::vector<std::string> names;
  for (const auto& [known, kind] : kinds) {
    if (known == name) return kind;
    names.push_back(known);
  }
  fail(Fault::usage, "--set optimizer={}: no such optimizer{}", name, suggestion(name, names));
}

//   data --> sharpen --real--> critic_real --+
//   noise -> generate --fake-> critic_fake --+--> loss --> critic_step     n_critic x
//   noise2 -> generate2 -----> critic_judge -----> generator_step                 1 x
struct Players {
  Network G, D;
  Port real, fake, d_real, d_fake, d_judge;
  Optimizer optimizer;
  int n_critic = 1;
};

Players players(Graph& g, const Recipe& r) {
  g.defaults({.batch = r.batch, .steps = r.steps});
  const std::string name = g.data(r.data);
  const DataSet data = add_data(g, name);
  const Extent latent = g.option("latent", r.latent);

  Players p;
  p.G = g.network("G", mlp(stack(latent, sizes_option(g, "generator", r.generator), data.features),
                           relu, data.image() ? Activation(sigmoid) : Activation()));
  p.D = g.network("D", mlp(stack(data.features, sizes_option(g, "critic", r.critic), 1), relu));
  const Scalar k = r.k ? g.scalar("k", *r.k) : Scalar(0);
  p.real = data.port;
  if (r.k) p.real = g.add("sharpen", TunableSigmoid{.k = k}, p.real);
  if (r.sigma) {
    const Scalar sigma = g.scalar("sigma", *r.sigma);
    p.real =
        g.add("sharpen",
              GaussianBlur{
                  .sigma = sigma, .side = data.picture.height, .channels = data.picture.channels},
              p.real);
  }
  const auto noise = [&](const char* node) {
    return r.normal_latent ? g.add(node, Normal{.dim = latent})
                           : g.add(node, Uniform{.dim = latent});
  };
  const Port z = noise("noise");
  p.fake = g.add("generate", Forward{p.G}, z);
  p.d_real = g.add("critic_real", Forward{p.D}, p.real);
  p.d_fake = g.add("critic_fake", Forward{p.D}, p.fake);
  const bool reuse = g.option("reuse_noise", 0) != 0;  // GU-03
  const Port fresh =
      g.add("generate2", Forward{p.G}, reuse ? g.again("noise2", z) : noise("noise2"));
  p.d_judge = g.add("critic_judge", Forward{p.D}, fresh);
  p.optimizer = optimizer(g, r);
  p.n_critic = g.option("n_critic", r.n_critic);

  evaluate_data(g, name, p.fake, k, every(r.evaluate_every));
  g.sample("samples", p.fake, data.picture, every(r.sample_every));
  if (const double least = g.option("collapse", 0.0); least != 0)
    g.evaluate("collapse", Collapse{.real = data.port.source(), .least = least}, p.fake,
               every(r.evaluate_every));
  return p;
}

void wasserstein_steps(Graph& g, const Players& p, Port objective, const Optimizer& critic) {
  const Port judged = g.add("generator_loss", WassersteinGenerator{}, p.d_judge);
  g.phase("critic", p.n_critic).minimize("critic_step", objective, p.D, critic);
  g.phase("generator", 1).minimize("generator_step", judged, p.G, p.optimizer);
  g.tap("wasserstein", mean(p.d_real) - mean(p.d_fake));
}

}  // namespace

void gan(Graph& g, const Recipe& r) {
  const Players p = players(g, r);
  const Adversarial targets{.real_target = g.option("real_target", 1.0),
                            .fake_target = g.option("fake_target", 0.0)};
  const Port loss = g.add("loss", targets, p.d_real, p.d_fake);
  const std::string kind = g.option("loss", std::string("non-saturating"));
  if (kind != "non-saturating" && kind != "minimax")
    fail(Fault::usage, "--set loss={}: no such loss{}", kind,
         suggestion(kind, {"non-saturating", "minimax"}));
  const Port judged = kind == "minimax" ? g.add("generator_loss", Minimax{}, p.d_judge)
                                        : g.add("generator_loss", NonSaturating{}, p.d_judge);
  g.phase("critic", p.n_critic).minimize("critic_step", loss, p.D, p.optimizer);
  g.phase("generator", 1).minimize("generator_step", judged, p.G, p.optimizer);
}

void wgan(Graph& g, const Recipe& r) {
  const Players p = players(g, r);
  const Port loss = g.add("loss", Wasserstein{}, p.d_real, p.d_fake);
  wasserstein_steps(g, p, loss, clip_weights(p.optimizer, g.scalar("clip", 0.01)));
}

void wgan_gp(Graph& g, const Recipe& r) {
  const Players p = players(g, r);
  const Port loss = g.add("loss", Wasserstein{}, p.d_real, p.d_fake);
  const GradientPenalty penalty{.critic = p.D, .lambda = r.lambda};
  wasserstein_steps(g, p, loss + g.add("penalty", penalty, p.real, p.fake), p.optimizer);
}

void sgp(Graph& g, const Recipe& r) {
  const Players p = players(g, r);
  const Port loss = g.add("loss", Wasserstein{}, p.d_real, p.d_fake);
  std::vector<double> anchor = r.anchor;
  anchor.resize(static_cast<std::size_t>(p.real.shape()[1]), r.anchor.back());
  const GradientPenalty penalty{
      .critic = p.D,
      .lambda = r.lambda,
      .target = 0,
      .measure = measure::by_name(g.option("measure", r.measure), init::values(anchor))};
  wasserstein_steps(g, p, loss + g.add("penalty", penalty, p.real, p.fake), p.optimizer);
}

std::vector<NamedGraph> graphs() {
  const auto with = [](void (*topology)(Graph&, const Recipe&), const Recipe& r) {
    return [=](Graph& g) { topology(g, r); };
  };
  std::vector<NamedGraph> list = {
      {"gan", "minimax critic, non-saturating generator", with(gan, {.n_critic = 1})},
      {"wgan", "Wasserstein, clipped weights", with(wgan, {.lr = 5e-5})},
      {"wgan-gp", "Wasserstein, 1-centred gradient penalty", with(wgan_gp, {})},
      {"sgp", "Wasserstein, 0-centred penalty at one of five measures", with(sgp, {})},
  };
  const std::vector<NamedGraph> images = image_graphs();
  list.insert(list.end(), images.begin(), images.end());
  return list;
}

}  // namespace ganflow
