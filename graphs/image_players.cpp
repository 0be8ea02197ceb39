#include "graphs/image_players.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/suggest.h"
#include "graphs/networks/image.h"
#include "ops/layers/forward.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/spectral_norm.h"
#include "ops/layers/virtual_batch_norm.h"
#include "ops/metrics/collapse.h"
#include "ops/metrics/path_change.h"
#include "ops/optimizers/adam.h"
#include "ops/sources/labels.h"
#include "ops/sources/noise.h"
#include "ops/techniques/average.h"
#include "ops/transforms/instance_noise.h"
#include "ops/transforms/one_hot.h"
#include "ops/transforms/path.h"

namespace ganflow {
namespace {

template <class T>
const T& choose(const std::string& option, const std::string& name,
                const std::vector<std::pair<std::string, T>>& known) {
  std::vector<std::string> names;
  for (const auto& [key, value] : known) {
    if (key == name) return value;
    names.push_back(key);
  }
  fail(Fault::usage, "--set {}={}: no such {}{}", option, name, option, suggestion(name, names));
}

struct Family {
  Extent side, channels;  // channels 0: any
  PixelRange range;
  Layers (*generator)(const ImageNetwork&);
  Layers (*critic)(const ImageNetwork&);
};

const Family& family(const std::string& name) {
  constexpr PixelRange symmetric = PixelRange::symmetric;
  const auto guide_critic = [](const ImageNetwork& o) { return dcgan_critic(o); };
  static const std::vector<std::pair<std::string, Family>> known = {
      {"pooling", {32, 0, symmetric, pooling_generator, pooling_critic}},
      {"dcgan", {32, 0, symmetric, dcgan_generator, guide_critic}},
      {"notebook", {32, 0, symmetric, notebook_generator, guide_critic}},
      {"mu", {32, 0, symmetric, mu_generator, mu_critic}},
      {"resnet", {32, 0, symmetric, resnet_generator, resnet_critic}},
      {"mnist", {28, 1, PixelRange::unit, mnist_generator, mnist_critic}},
      {"dcgan64", {64, 0, symmetric, dcgan64_generator, dcgan64_critic}}};
  return choose("network", name, known);
}

// The options of the graph over those of the recipe.
ImageRecipe with_options(Graph& g, ImageRecipe r) {
  r.network = g.option("network", r.network);
  r.width = g.option("width", r.width);
  r.kernel = g.option("kernel", r.kernel);
  r.latent = g.option("latent", r.latent);
  r.norm = g.option("norm", r.norm);
  r.critic_norm = g.option("critic_norm", r.critic_norm);
  r.norm_after_activation = g.option("norm_after_activation", r.norm_after_activation ? 1 : 0) != 0;
  r.n_critic = g.option("n_critic", r.n_critic);
  r.beta1 = g.option("beta1", r.beta1);
  r.beta2 = g.option("beta2", r.beta2);
  r.average = g.option("average", r.average);
  r.frames = g.option("frames", r.frames);
  return r;
}

Network::Forward make_generator(const Graph& g, const ImageRecipe& r, ImageNetwork o) {
  const auto build = family(r.network).generator;
  if (r.norm == "batch") return build(o);
  o.norm = {};
  if (r.norm == "none") return build(o);
  const std::vector<std::pair<std::string, ReferenceMode>> modes = {
      {"reference", ReferenceMode::reference},
      {"virtual", ReferenceMode::per_example},
      {"union", ReferenceMode::with_batch}};
  o.norm = {VirtualBatchNorm{.rows = g.batch(), .mode = choose("norm", r.norm, modes)}};
  return on_reference(g.batch(), build(o));
}

Layers make_critic(Graph& g, const ImageRecipe& r, ImageNetwork o) {
  o.norm = choose<std::vector<Layer>>(
      "critic_norm", r.critic_norm,
      {{"batch", {BatchNorm{}}}, {"layer", {LayerNorm{}}}, {"none", {}}});
  if (g.option("spectral", 0) != 0) o.weight = SpectralNorm{};
  const bool guide = r.network == "dcgan" || r.network == "notebook";
  if (!guide) return family(r.network).critic(o);
  if (r.critic_norm == "layer") return wgan_critic(o);
  const Minibatch minibatch = choose<Minibatch>("minibatch", g.option("minibatch", r.minibatch),
                                                {{"none", Minibatch::none},
                                                 {"alone", Minibatch::alone},
                                                 {"before", Minibatch::before},
                                                 {"after", Minibatch::after},
                                                 {"both", Minibatch::both}});
  return dcgan_critic(o, minibatch);
}

Port random_condition(Graph& g, const std::string& name, const Labels& labels) {
  return g.add(name, OneHot{labels.classes}, g.add(name + ".labels", labels));
}

// SG-14: rows of samples along straight lines of latents, and how much they change.
void add_paths(Graph& g, const ImagePlayers& p, const Network& network) {
  const Extent frames = p.recipe.frames;
  const auto end = [&](const char* name) { return g.add(name, Normal{.dim = p.recipe.latent}); };
  Port classes;  // one of each path
  if (p.recipe.conditional)
    classes = random_condition(g, "path_condition",
                               {.classes = p.data.label().classes(), .each = frames});
  const Port samples =
      p.forward(g, "path_sample", network,
                g.add("path", Path{frames}, end("path_from"), end("path_to")), classes);
  Picture picture = p.data.picture;
  picture.columns = frames;
  g.sample("paths", samples, picture, every(p.recipe.sample_every), 6 * frames);
  g.evaluate("path_change", PathChange{.frames = frames}, samples, every(p.recipe.sample_every));
}

// GU-19, R-45: 100 steps for the first 100 iterations and every 500th, else 5.
Count adaptive() {
  return {"100 for the first 100 and every 500th, else 5",
          [](std::uint64_t macro) { return macro < 100 || macro % 500 == 0 ? 100 : 5; }};
}

}  // namespace

Port ImagePlayers::forward(Graph& g, const std::string& node, const Network& network, Port x,
                           Port classes) const {
  return add(g, node, Forward{network}, classes, x);
}

ImagePlayers image_players(Graph& g, ImageRecipe recipe) {
  g.defaults({.batch = recipe.batch, .steps = recipe.steps});
  const ImageRecipe r = with_options(g, std::move(recipe));
  const Family& f = family(r.network);
  ImagePlayers p;
  p.recipe = r;
  p.data = add_data(g, g.data(r.data),
                    {.planes = true,
                     .range = f.range,
                     .dequantise = r.dequantise,
                     .side = f.side,
                     .channels = f.channels});
  ImageNetwork o{.width = r.width,
                 .kernel = r.kernel,
                 .channels = p.data.picture.channels,
                 .norm_after_activation = r.norm_after_activation,
                 .conditional = r.conditional};
  if (r.init_std > 0) o.init = init::gaussian(r.init_std);
  p.G = g.network("G", make_generator(g, r, o));
  p.D = g.network("D", make_critic(g, r, o));

  if (r.conditional) {
    const Port label = p.data.label();
    p.condition = g.add("condition", OneHot{label.classes()}, label);
    p.fresh_classes = random_condition(g, "condition2",
                                       {.classes = label.classes(), .times = r.generator_batches});
  }
  const auto noise = [&](const std::string& name, Extent times) {
    return g.add(name, Normal{.dim = r.latent, .times = times});
  };
  p.real = p.data.port;
  const Port z = noise("z", 1);
  p.fake = p.forward(g, "generate", p.G, z, p.condition);
  const bool reuse = g.option("reuse_noise", 0) != 0;  // GU-03
  if (reuse && r.generator_batches != 1)
    fail(Fault::usage,
         "--set reuse_noise=1: a generator's step of {} batches cannot reuse the one of the "
         "critic's",
         r.generator_batches);
  p.z = reuse ? g.again("z2", z) : noise("z2", r.generator_batches);
  p.fresh = p.forward(g, "generate2", p.G, p.z, p.fresh_classes);

  // Instance noise stands in front of the critic only: samples are drawn without it.
  const bool noisy = g.option("noise", 0) != 0;
  const Scalar sigma = noisy ? g.scalar("noise.sigma", linear(0.1, 0, 0, g.steps())) : Scalar(0);
  const auto seen = [&](const std::string& name, Port x) {
    return noisy ? g.add(name, InstanceNoise{.sigma = sigma}, x) : x;
  };
  p.real = seen("real_noise", p.real);
  const Port shown = seen("fake_noise", p.fake);
  p.d_real = p.forward(g, "critic_real", p.D, p.real, p.condition);
  p.d_fake = p.forward(g, "critic_fake", p.D, shown, p.condition);
  p.fake = shown;
  p.images = p.fresh;
  p.fresh = seen("fresh_noise", p.fresh);

  const Scalar lr =
      g.scalar("lr", r.linear_decay ? linear(r.lr, 0, 0, std::max<Step>(1, g.steps())) : r.lr);
  p.optimizer = Adam{.lr = lr, .beta1 = r.beta1, .beta2 = r.beta2};
  p.n_critic = r.n_critic == 0 ? adaptive() : Count(r.n_critic);
  return p;
}

Phase critic_phase(Graph& g, const ImagePlayers& p, Port objective) {
  return g.phase("critic", p.n_critic).minimize("critic_step", objective, p.D, p.optimizer);
}

Phase generator_phase(Graph& g, const ImagePlayers& p, Port objective) {
  Phase phase = g.phase("generator", 1);
  phase.minimize("generator_step", objective, p.G, p.optimizer);
  Network shown = p.G;
  if (p.recipe.average > 0) {
    phase.also(g.add("average", Average{.network = p.G, .decay = p.recipe.average}));
    shown = averaged(p.G);
  }
  const Port z = g.add("sample_z", Normal{.dim = p.recipe.latent});
  Port classes;
  if (p.recipe.conditional)
    classes = random_condition(g, "sample_condition", {.classes = p.data.label().classes()});
  const Port samples = p.forward(g, "sample", shown, z, classes);
  g.sample("samples", samples, p.data.picture, every(p.recipe.sample_every));
  if (const double least = g.option("collapse", 0.0); least != 0)
    g.evaluate("collapse", Collapse{.real = p.data.port.source(), .least = least}, samples,
               every(p.recipe.sample_every));
  if (p.recipe.frames > 0) add_paths(g, p, shown);
  return phase;
}

}  // namespace ganflow
