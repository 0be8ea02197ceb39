// The convolutional topologies: every technique by its option, a few steps of each with finite
// losses, refusals in the user's words.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "graphs/presets.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

namespace {

std::unique_ptr<Graph> image_graph(const std::string& name, Values values,
                                   const std::string& data = cifar_data()) {
  values.emplace("width", "2");
  values.emplace("latent", "4");
  return composed(name, {.batch = 4, .data = data, .values = values});
}

// Trains a few steps; the losses of all phases, one after the other.
std::vector<float> losses(const std::string& name, Values values = {}, Step steps = 4) {
  values.emplace("width", "2");
  values.emplace("latent", "4");
  const ShortRun run = short_run(name, {.batch = 4, .data = cifar_data(), .values = values}, steps);
  const std::vector<float> all = run.column();
  for (const float loss : all) CHECK(std::isfinite(loss));
  REQUIRE(run.sink.pictures.size() >= 1);
  for (const float v : run.sink.pictures.back().data) CHECK(std::abs(v) <= 1);
  return all;
}

}  // namespace

TEST_CASE("every image graph trains with finite losses and draws samples") {
  CHECK(losses("dcgan").size() == 8);
  CHECK(losses("cdcgan").size() == 8);
  CHECK(losses("wgan-gp-conv", {{"n_critic", "2"}}).size() == 6);
  CHECK(losses("wgan-gp-resnet", {{"n_critic", "2"}}).size() == 6);
}

TEST_CASE("every technique of the guide and the lecture has its option and changes training" *
          doctest::test_suite("exhaustive")) {
  const std::vector<float> plain = losses("cdcgan");
  const std::vector<Values> options = {{{"real_target", "0.9"}},
                                       {{"real_target", "0.9"}, {"fake_target", "0.1"}},
                                       {{"flip", "0.3"}},
                                       {{"features", "norm3"}},
                                       {{"history", "0.1"}},
                                       {{"noise", "1"}},
                                       {{"spectral", "1"}, {"critic_norm", "none"}},
                                       {{"minibatch", "both"}},
                                       {{"norm", "reference"}},
                                       {{"norm", "virtual"}},
                                       {{"norm", "union"}},
                                       {{"norm_after_activation", "1"}},
                                       {{"kernel", "4"}},
                                       {{"loss", "minimax"}}};
  for (const Values& values : options) {
    CAPTURE(values.begin()->first);
    CHECK(losses("cdcgan", values) != plain);
  }
  // A memory of 2 is full after two critic steps; the step on it is the third, then a fourth.
  CHECK(losses("cdcgan", {{"replay", "2"}}).size() == 3 + 1 + 3);
  for (const char* name : {"guide-gan", "guide-wgan", "guide-wgan-notebook", "mu-cifar-sgp"}) {
    CAPTURE(name);
    losses(name, {{"n_critic", "1"}}, 2);
  }
}

TEST_CASE("Smooth GAN's penalty acts in the generator's step, the average in the samples only" *
          doctest::test_suite("exhaustive")) {
  const Values one{{"n_critic", "1"}};
  const auto with = [&](const Values& more) {
    Values all = one;
    all.insert(more.begin(), more.end());
    return losses("wgan-gp-resnet", all);
  };
  const std::vector<float> plain = with({});
  CHECK(with({{"smooth", "10"}, {"smooth.k", "0"}}) != plain);
  CHECK(with({{"average", "0.9"}}) == plain);
}

// Was: of 45 frames a path was cut, in the middle of a grid's row, at sample 250.
TEST_CASE("paths between latents are drawn and measured, none cut by a call of the generator") {
  ProgramCache cache;
  const auto rows = [&](const std::string& frames) {
    const auto graph = image_graph("cdcgan", {{"frames", frames}});
    std::map<std::string, Extent> rows;
    for (const LoweredEvaluation& e : lower(*graph, 1, cache).evaluations) rows[e.name] = e.rows;
    return rows;
  };
  CHECK(rows("7").at("paths") == 6 * 7);
  CHECK(rows("7").at("path_change") == 250 / 7 * 7);
  CHECK(rows("45").at("paths") == 5 * 45);
}

// Was: the replay phase silently took an adaptive number of critic steps for one.
TEST_CASE("replay beside a varying number of critic steps is refused") {
  CHECK(error_of([] {
          image_graph("dcgan", {{"replay", "3"}, {"n_critic", "0"}});
        }) ==
        "2 --set replay=3: the memory fills after so many critic steps, which must be as many in "
        "every macro-iteration, but --set n_critic=0 varies them: set it to at least 1");
}

TEST_CASE("refusals: labels, sizes, a norm that couples samples, unknown names") {
  const auto message = [](const std::string& name, const Values& values, const std::string& data) {
    return error_of([&] { image_graph(name, values, data); });
  };
  CHECK(message("wgan-gp-conv", {{"critic_norm", "batch"}}, cifar_data()) ==
        "2 penalty (GradientPenalty): the slope of a sample goes through layer 'D/norm1', sum (2), "
        "which mixes the samples of a batch, so a score has no slope of its own; take LayerNorm "
        "instead of BatchNorm, or force it with .coupled = true (--set coupled=1 in the ready "
        "graphs)");
  CHECK(
      message("wgan-gp-conv", {{"critic_norm", "batch"}, {"coupled", "1"}}, cifar_data()).empty());
  CHECK(message("cdcgan", {{"network", "mnist"}}, "spheres").find("label") != std::string::npos);
  CHECK(message("dcgan", {}, "spheres").empty());  // 28 x 28, made to the size
  CHECK(message("dcgan", {{"network", "notebook"}}, "spheres").ends_with("needs 32 x 32 pixels"));
  CHECK(message("dcgan", {{"network", "vgg"}}, cifar_data())
            .starts_with("2 --set network=vgg: no such network"));
  CHECK(message("dcgan", {{"norm", "group"}}, cifar_data())
            .starts_with("2 --set norm=group: no such"));
}

TEST_SUITE_END();
