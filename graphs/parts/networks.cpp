#include "graphs/parts/networks.h"

#include <charconv>
#include <optional>

#include "engine/error.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/mlp.h"
#include "ops/layers/spectral_norm.h"
#include "ops/layers/virtual_batch_norm.h"

namespace ganflow {
namespace {

using Init = std::optional<LayerInit>;  // absent: as each layer has it

// Options init, init.std.
Init init_option(Graph& g, const std::string& start, double std,
                 std::vector<std::pair<std::string, Init>> choices) {
  const Init named =
      g.option(Choice<Init>{"init", start, std::move(choices), "how weights start (R-26)"});
  std = g.option(Option<double>{"init.std", std, at_least(0),
                                "weights start as N(0, std^2) (R-05); 0: as init says"});
  return std > 0 ? Init(init::gaussian(std)) : named;
}

// "64x128" -> sizes, between those of input and output.
std::vector<Extent> sizes_option(Graph& g, const std::string& name, const std::string& start,
                                 Extent in, Extent out) {
  const std::string text =
      g.option(Option<std::string>{name, start, "hidden layers, sizes joined by x: 64x128"});
  std::vector<Extent> sizes{in};
  for (const char *at = text.data(), *end = at + text.size(); at <= end; ++at) {
    Extent size = 0;
    const auto [next, code] = std::from_chars(at, end, size);
    if (code != std::errc() || size < 1 || (next != end && *next != 'x'))
      fail(Fault::usage, "--set {}={}: hidden layers are sizes joined by x, as in 64x128", name,
           text);
    sizes.push_back(size);
    at = next;
  }
  sizes.push_back(out);
  return sizes;
}

// A norm of the generator, and whether its layers see a reference batch.
struct GeneratorNorm {
  std::vector<Layer> layers = {};
  bool on_reference = false;
};
// A norm of the critic, and where a condition enters beside it.
struct CriticNorm {
  std::vector<Layer> layers = {};
  bool label_planes = false;
};

Network::Forward generator(Graph& g, const ImageFamily& family, ImageNetwork o,
                           const std::string& norm) {
  const auto referred = [&](ReferenceMode mode) {
    return GeneratorNorm{{VirtualBatchNorm{.rows = g.batch(), .mode = mode}}, true};
  };
  const GeneratorNorm chosen =
      g.option(Choice<GeneratorNorm>{"norm",
                                     norm,
                                     {{"batch", {{BatchNorm{}}}},
                                      {"reference", referred(ReferenceMode::reference)},
                                      {"virtual", referred(ReferenceMode::per_example)},
                                      {"union", referred(ReferenceMode::with_batch)},
                                      {"none", {}}},
                                     "of the generator (R-48)"});
  o.norm = chosen.layers;
  if (chosen.on_reference) return on_reference(g.batch(), family.generator(o));
  return family.generator(o);
}

Layers critic(Graph& g, const ImageFamily& family, ImageNetwork o, const std::string& norm) {
  const CriticNorm chosen = g.option(Choice<CriticNorm>{
      "critic_norm",
      norm,
      {{"batch", {{BatchNorm{}}}}, {"layer", {{LayerNorm{}}, true}}, {"none", {}}},
      "of the critic (GU-20)"});
  o.norm = chosen.layers;
  if (g.option(Option<bool>{"spectral", false, "spectral norm of the critic's weights (LE-16)"}))
    o.weight = SpectralNorm{};
  if (!family.dense) return family.critic(o);
  if (o.conditional)
    o.label_planes = g.option(Option<bool>{"label_planes", chosen.label_planes,
                                           "labels as planes beside the critic's image (GU-21)"});
  o.minibatch =
      g.option(Choice<Minibatch>{"minibatch",
                                 "none",
                                 {{"none", Minibatch::none},
                                  {"alone", Minibatch::alone},
                                  {"before", Minibatch::before},
                                  {"after", Minibatch::after},
                                  {"both", Minibatch::both}},
                                 "discrimination, and the dense layers beside it (GU-13)"});
  if (o.minibatch != Minibatch::none) {
    o.discrimination.kernels = g.option(
        Option<int>{"minibatch.kernels", 128, at_least(1), "B of minibatch discrimination (R-47)"});
    o.discrimination.width =
        g.option(Option<int>{"minibatch.width", 5, at_least(1), "C of minibatch discrimination"});
  }
  return family.critic(o);
}

}  // namespace

NetworkPair dense_networks(Graph& g, const DataSet& data, const Latent& z, const DenseNetworks& o) {
  const LayerInit init =
      init_option(g, o.init, 0,
                  {{"torch", init::torch()}, {"glorot", init::glorot()}, {"he", init::he()}})
          .value();
  const Activation output = data.image() ? Activation(sigmoid) : Activation();
  const auto inner = sizes_option(g, "generator", o.generator, z.dim, data.features);
  const auto outer = sizes_option(g, "critic", o.critic, data.features, 1);
  return {.G = g.network("G", mlp(inner, relu, output, init)),
          .D = g.network("D", mlp(outer, relu, {}, init))};
}

ImageFamily image_family(Graph& g, const std::string& network) {
  const ImageFamily both =
      g.option(Choice<ImageFamily>{"network", network, image_families(), "of both players"});
  const auto own = [&](const std::string& player) {
    return g.option(Choice<ImageFamily>{player + ".network", both.name, image_families(),
                                        "the " + player + "'s own"});
  };
  const ImageFamily generator = own("generator");
  return joined(generator, own("critic"));
}

NetworkPair image_networks(Graph& g, const ImageFamily& family, const DataSet& data,
                           const ImageNetworks& d) {
  ImageNetwork o{.channels = data.picture.channels,
                 .image_height = data.picture.height,
                 .image_width = data.picture.width,
                 .conditional = d.conditional};
  o.width = g.option(Option<int>{"width", d.width, at_least(1), "channels of the finest layer"});
  o.kernel = g.option(Option<int>{"kernel", d.kernel, at_least(1), "of convolutions (GU-08)"});
  o.norm_after_activation =
      g.option(Option<bool>{"norm_after_activation", d.norm_after_activation,
                            "norms behind activations, as in the guide's notebook (R-39)"});
  o.init = init_option(g, "layers", d.init_std,
                       {{"layers", Init()},
                        {"torch", init::torch()},
                        {"glorot", init::glorot()},
                        {"he", init::he()}});
  const auto own = [&](const std::string& player) {
    ImageNetwork network = o;
    network.width = g.option(
        Option<int>{player + ".width", static_cast<int>(o.width), at_least(1),
                    "the " + player + "'s own: a strong player beside a weak one (GU-05)"});
    return network;
  };
  return {.G = g.network("G", generator(g, family, own("generator"), d.norm)),
          .D = g.network("D", critic(g, family, own("critic"), d.critic_norm))};
}

}  // namespace ganflow
