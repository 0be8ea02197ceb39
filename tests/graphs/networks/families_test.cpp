// The image networks of the papers: sizes of every layer's result, parameters, multiply-adds.
#include "graphs/networks/families.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "engine/error.h"
#include "engine/graph/network_summary.h"
#include "graphs/networks/dcgan.h"
#include "graphs/networks/dcgan64.h"
#include "graphs/networks/mnist.h"
#include "graphs/networks/mu.h"
#include "graphs/networks/pooling.h"
#include "graphs/networks/resnet.h"
#include "ops/layers/forward.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/linear.h"
#include "ops/layers/spectral_norm.h"
#include "ops/sources/noise.h"

using namespace ganflow;

TEST_SUITE_BEGIN("networks");

namespace {

struct Sizes {
  NetworkSummary g, d;
  Shape image;  // that G makes
};

// z (N,latent) -> G -> D, with a condition of 10 classes if wanted.
Sizes sizes(Extent latent, const Layers& generator, const Layers& critic,
            bool conditional = false) {
  Graph graph("sizes");
  graph.defaults({.batch = 2});
  const Network G = graph.network("G", generator), D = graph.network("D", critic);
  const Port z = graph.add("noise", Normal{.dim = latent});
  Port image, score;
  if (conditional) {
    const Port c = graph.add("condition", Normal{.dim = 10});
    image = graph.add("generate", Forward{G}, z, c);
    score = graph.add("score", Forward{D}, image, c);
  } else {
    image = graph.add("generate", Forward{G}, z);
    score = graph.add("score", Forward{D}, image);
  }
  CHECK(score.shape() == Shape{2, 1});
  const auto all = summarize(graph);
  REQUIRE(all.size() == 2);
  return {all[0], all[1], image.shape().without(0)};
}

double millions(double x) { return std::round(x / 1e4) / 100; }
double whole_millions(double x) { return std::round(x / 1e6); }

std::vector<std::string> shapes(const NetworkSummary& n) {
  std::vector<std::string> text;
  for (const LayerSummary& l : n.layers)
    if (!l.name.starts_with("norm")) text.push_back(l.name + " " + l.row.str());
  return text;
}

using Text = std::vector<std::string>;

}  // namespace

TEST_CASE("guide DCGAN: 3.08 M + 1.03 M parameters, multiply-adds by kernel size (GU-07, R-50)") {
  const std::map<Extent, std::array<double, 2>> expected{
      {3, {49, 10}}, {4, {87, 18}}, {5, {136, 27}}};
  for (const auto& [kernel, macs] : expected) {
    CAPTURE(kernel);
    const ImageNetwork o{.kernel = kernel};
    const Sizes s = sizes(100, dcgan_generator(o), dcgan_critic(o));
    CHECK(whole_millions(s.g.multiply_adds) == macs[0]);
    CHECK(whole_millions(s.d.multiply_adds) == macs[1]);
    if (kernel != 5) continue;
    CHECK(millions(static_cast<double>(s.g.parameters)) == 3.08);
    CHECK(millions(static_cast<double>(s.d.parameters)) == 1.03);
    CHECK(shapes(s.g) == Text{"linear1 (4096)", "deconv1 (256,8,8)", "deconv2 (128,16,16)",
                              "deconv3 (64,32,32)", "conv1 (3,32,32)"});
    CHECK(shapes(s.d) ==
          Text{"conv1 (64,16,16)", "conv2 (128,8,8)", "conv3 (256,4,4)", "conv4 (1,1,1)"});
  }
}

TEST_CASE("guide base GAN pools and upsamples (GU-01)") {
  const Sizes s = sizes(100, pooling_generator({}), pooling_critic({}));
  CHECK(shapes(s.g) == Text{"linear1 (4096)", "conv1 (256,8,8)", "conv2 (128,16,16)",
                            "conv3 (64,32,32)", "conv4 (3,32,32)"});
  CHECK(shapes(s.d) ==
        Text{"conv1 (64,32,32)", "conv2 (128,16,16)", "conv3 (256,8,8)", "conv4 (1,1,1)"});
}

TEST_CASE(
    "conditional DCGAN joins features (GU-09), the conditional WGAN critic label planes (GU-21)") {
  const ImageNetwork o{.conditional = true};
  const Sizes dcgan = sizes(100, dcgan_generator(o), dcgan_critic(o), true);
  CHECK(dcgan.g.layers[0].parameters == 110 * 4096);
  CHECK(shapes(dcgan.d) == Text{"conv1 (64,16,16)", "conv2 (128,8,8)", "conv3 (256,4,4)",
                                "linear1 (256)", "linear2 (1)"});
  CHECK(dcgan.d.layers[dcgan.d.layers.size() - 2].parameters == (4096 + 10) * 256 + 256);
  const ImageNetwork planes{.norm = {LayerNorm{}}, .conditional = true, .label_planes = true};
  const Sizes wgan = sizes(100, notebook_generator(o), dcgan_critic(planes), true);
  CHECK(wgan.d.layers[0].parameters == 25 * 13 * 64);
  CHECK(shapes(wgan.g) == Text{"linear1 (1024)", "deconv1 (128,4,4)", "deconv2 (128,8,8)",
                               "deconv3 (128,16,16)", "deconv4 (128,32,32)", "conv1 (3,32,32)"});
}

TEST_CASE("minibatch discrimination without, before, after and between dense layers (GU-13)") {
  const auto last = [](Minibatch m) {
    return shapes(sizes(100, dcgan_generator({}), dcgan_critic({.minibatch = m})).d);
  };
  CHECK(last(Minibatch::alone).size() == 5);
  CHECK(last(Minibatch::alone)[3] == "minibatch1 (4224)");
  CHECK(last(Minibatch::before)[4] == "minibatch1 (384)");
  CHECK(last(Minibatch::after)[4] == "linear1 (256)");
  CHECK(last(Minibatch::both)[5] == "linear2 (256)");
}

TEST_CASE("mu-WGAN DCGAN: 108 M + 107 M multiply-adds (MU-11)") {
  const ImageNetwork g{.width = 128}, d{.width = 128, .norm = {}};
  const Sizes s = sizes(128, mu_generator(g), mu_critic(d));
  CHECK(whole_millions(s.g.multiply_adds) == 108);
  CHECK(whole_millions(s.d.multiply_adds) == 107);
  CHECK(shapes(s.g) ==
        Text{"linear1 (8192)", "deconv1 (256,8,8)", "deconv2 (128,16,16)", "deconv3 (3,32,32)"});
}

TEST_CASE("mu-WGAN ResNet: 422 M + 272 M multiply-adds (MU-12)") {
  const ImageNetwork g{.width = 128, .kernel = 3}, d{.width = 128, .kernel = 3, .norm = {}};
  const Sizes s = sizes(128, resnet_generator(g), resnet_critic(d));
  CHECK(whole_millions(s.g.multiply_adds) == 422);
  CHECK(whole_millions(s.d.multiply_adds) == 272);
  CHECK(s.d.layers[0].name == "block1/conv1");
  CHECK(s.d.layers[2].name == "block1/shortcut/conv1");
  // 128 (27 + 1) + 128 (9 128 + 1) + 128 (3 + 1), down 2 (9 128^2 + 128) + 128 (128 + 1),
  // 4 (9 128^2 + 128), 128 + 1
  CHECK(s.d.parameters == 3584 + 147584 + 512 + 2 * 147584 + 16512 + 4 * 147584 + 129);
}

TEST_CASE("MNIST and 64-px networks (R-06)") {
  const Sizes mnist = sizes(128, mnist_generator({.channels = 1, .norm = {}}),
                            mnist_critic({.channels = 1, .norm = {}}));
  CHECK(shapes(mnist.g) ==
        Text{"linear1 (4096)", "deconv1 (128,8,8)", "deconv2 (64,14,14)", "deconv3 (1,28,28)"});
  CHECK(shapes(mnist.d) ==
        Text{"conv1 (64,14,14)", "conv2 (128,7,7)", "conv3 (256,4,4)", "linear1 (1)"});
  const Sizes large = sizes(128, dcgan64_generator({}), dcgan64_critic({.norm = {LayerNorm{}}}));
  CHECK(large.g.layers.back().row == Shape{3, 64, 64});
  CHECK(shapes(large.d) == Text{"conv1 (64,32,32)", "conv2 (128,16,16)", "conv3 (256,8,8)",
                                "conv4 (512,4,4)", "linear1 (1)"});
  CHECK(large.d.layers[1].name == "conv2");
}

TEST_CASE(
    "a spectral critic keeps one vector a weight; the order of norm and activation changes "
    "nothing else") {
  const Sizes s =
      sizes(100, dcgan_generator({}), dcgan_critic({.norm = {}, .weight = SpectralNorm{}}));
  CHECK(s.d.state == 64 + 128 + 256 + 1);
  const Sizes after =
      sizes(100, dcgan_generator({.norm_after_activation = true}), dcgan_critic({}));
  CHECK(after.g.parameters == s.g.parameters);
}

TEST_CASE("every family of the table makes images of its size and channels, and a score of them") {
  for (const auto& [name, family] : image_families()) {
    CAPTURE(name);
    const Extent channels = family.channels ? family.channels : 3;
    const ImageNetwork o{.width = 2, .channels = channels};
    const Sizes s = sizes(4, family.generator(o), family.critic(o));
    CHECK(s.image == Shape{channels, family.side, family.side});
    const DataForm form = family.form(true);
    CHECK(form.planes);
    CHECK(form.dequantise);
    CHECK(form.side == family.side);
    CHECK(form.channels == family.channels);
    CHECK((form.range == PixelRange::unit) == (name == "mnist"));
  }
}

TEST_SUITE_END();
