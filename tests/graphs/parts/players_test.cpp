// GU-03, Algorithm 1: the generator's step takes the noise of the critic's last step.
#include "graphs/parts/players.h"

#include <doctest/doctest.h>

#include <array>

#include "engine/graph/graph_impl.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/sources/noise.h"
#include "ops/sources/spheres.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

namespace {

// Mean of a node's draws at every occurrence of the phase that computes it.
struct Means {
  std::vector<float> critic, generator;
};
Means means(Graph& graph, const std::string& critic, const std::string& generator, bool fuse,
            Step steps = 12) {
  const auto tap = [&](const std::string& node) {
    const int found = graph.impl().find(node);
    REQUIRE(found >= 0);
    graph.tap("mean_" + node, mean(Port(graph, found)));
  };
  tap(critic);
  tap(generator);
  ProgramCache cache;
  std::vector<LoweredReplica> replicas{lower(graph, 5, cache)};
  std::array<int, 2> columns{-1, -1};  // 0 is the step
  for (std::size_t p = 0; p < 2; ++p) {
    int column = 1;
    for (const LoweredTap& t : replicas[0].phases[p].taps) {
      if (t.name == "mean_" + (p ? generator : critic)) columns[p] = column;
      column += t.elements == 1 ? 1 : 3;
    }
    REQUIRE(columns[p] > 0);
  }
  MemorySink sink(replicas);
  const RunResult result =
      run_toy(std::move(replicas), {.steps = steps, .threads = fuse ? 2 : 1}, sink);
  CHECK_FALSE(result.replicas[0].failed);
  return {sink.column<float>(0, 0, columns[0]), sink.column<float>(0, 1, columns[1])};
}

Means of(const std::string& name, const std::string& data, Values values, const char* z,
         const char* z2, bool fuse = true) {
  values.emplace("latent", "4");
  Graph graph(name, {.batch = 4, .data = data, .values = values, .fuse = fuse});
  named(name).compose(graph);
  return means(graph, z, z2, fuse);
}

void check_reuse(const std::string& name, const std::string& data, Values values, const char* z,
                 const char* z2) {
  CAPTURE(name);
  values["n_critic"] = "3";
  values["reuse_noise"] = "1";
  for (const bool fuse : {true, false}) {
    const Means with = of(name, data, values, z, z2, fuse);
    REQUIRE(with.critic.size() == 12);
    REQUIRE(with.generator.size() == 4);
    for (std::size_t g = 0; g < 4; ++g) CHECK(with.generator[g] == with.critic[3 * g + 2]);
    CHECK(with.generator[0] != with.generator[1]);
  }
  values.erase("reuse_noise");
  const Means without = of(name, data, values, z, z2);
  for (std::size_t g = 0; g < 4; ++g)
    for (const float mean : without.critic) CHECK(without.generator[g] != mean);
}

}  // namespace

TEST_CASE("reuse_noise: both batches are the same numbers, without it they are not") {
  for (const char* name : {"gan", "wgan", "wgan-gp", "sgp"})
    check_reuse(name, "spheres", {{"generator", "8"}, {"critic", "8"}}, "noise", "noise2");
  for (const char* name : {"dcgan", "cdcgan", "wgan-gp-conv"})
    check_reuse(name, cifar_data(), {{"width", "2"}, {"quality", "0"}}, "z", "z2");
}

TEST_CASE("what is drawn again follows an adaptive count, and may be data") {
  Graph g("again", {.batch = 3});
  const Network D = g.network("D", mlp({784, 1}, relu)), G = g.network("G", mlp({784, 1}, relu));
  const Port x = g.add("x", Spheres{}), y = g.again("y", x);
  const Count varying("1 or 3", [](std::uint64_t macro) { return macro % 2 ? 3 : 1; });
  g.phase("critic", varying)
      .minimize("critic_step", mean(g.add("d", Forward{D}, x)), D, Sgd{.lr = 1e-3});
  g.phase("generator", 1)
      .minimize("generator_step", mean(g.add("g", Forward{G}, y)), G, Sgd{.lr = 1e-3});
  const Means drawn = means(g, "x", "y", true);
  REQUIRE(drawn.critic.size() == 12);
  const std::array<std::size_t, 6> last{0, 3, 4, 7, 8, 11};
  REQUIRE(drawn.generator.size() == last.size());
  for (std::size_t i = 0; i < last.size(); ++i) CHECK(drawn.generator[i] == drawn.critic[last[i]]);
}

TEST_CASE("reuse_noise: what cannot be reused is refused") {
  Graph g("again", {.batch = 3});
  const Port noise = g.add("z", Normal{.dim = 2});
  const Port sum = noise + noise;
  CHECK(error_of([&] { g.again("z2", sum); }).find("cannot be drawn again, it has inputs") !=
        std::string::npos);
  CHECK(error_of([] {
          Graph resnet("mu-cifar-resnet",
                       {.batch = 4, .data = cifar_data(), .values = {{"reuse_noise", "1"}}});
          named("mu-cifar-resnet").compose(resnet);
        }).find("--set reuse_noise=1: a generator's step of 2 batches") != std::string::npos);
}

TEST_SUITE_END();
