#include "engine/graph/graph.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/graph/stages.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/losses/wasserstein.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/sources/noise.h"
#include "ops/sources/spheres.h"
#include "ops/transforms/tunable_sigmoid.h"

using namespace ganflow;

namespace {

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// The thesis' WGAN-GP on spheres, small.
void compose(Graph& g) {
  const Network G = g.network("G", mlp({2, 8, 784}, relu, sigmoid));
  const Network D = g.network("D", mlp({784, 8, 1}, relu));
  const Port real = g.add("sharpen", TunableSigmoid{.k = -0.5}, g.add("spheres", Spheres{}));
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port gp = g.add("penalty", GradientPenalty{.critic = D}, real, fake);
  g.phase("critic", 5).minimize("critic_step", loss + gp, D, RmsProp{});
  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Uniform{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, RmsProp{});
  g.tap("wasserstein", mean(d_real) - mean(d_fake));
}

std::vector<std::string> stage_names(const PhaseStages& cut, Timing timing) {
  std::vector<std::string> names;
  for (const CutStage& s : cut.stages)
    if (s.timing == timing) names.push_back(s.name);
  return names;
}

std::vector<std::string> tap_names(const PhaseStages& cut) {
  std::vector<std::string> names;
  for (const LoweredTap& t : cut.taps) names.push_back(t.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("fused: sources, transforms and generator overlap one critic program") {
    Graph g("test");
    compose(g);
    g.check();
    const PhaseStages critic = cut_phase(g.impl(), 0, Granularity::overlap);
    CHECK(stage_names(critic, Timing::data) == Names{"spheres", "sharpen", "noise"});
    CHECK(stage_names(critic, Timing::ahead) == Names{"generate"});
    CHECK(stage_names(critic, Timing::step) == Names{"critic_step"});
    CHECK(tap_names(critic) ==
          Names{"objective", "loss", "penalty", "penalty.gradient_norm", "wasserstein"});
    const PhaseStages generator = cut_phase(g.impl(), 1, Granularity::overlap);
    CHECK(stage_names(generator, Timing::data) == Names{"noise2"});
    CHECK(stage_names(generator, Timing::step) == Names{"generator_step"});
    CHECK(tap_names(generator) == Names{"objective"});
  }

  TEST_CASE("unfused: a stage per operator, critic and penalty gradients are a fork") {
    Graph g("test", {.fuse = false});
    compose(g);
    g.check();
    const PhaseStages cut = cut_phase(g.impl(), 0, Granularity::nodes);
    const Names steps = stage_names(cut, Timing::step);
    const auto index = [&](const std::string& name) {
      for (std::size_t i = 0; i < cut.stages.size(); ++i)
        if (cut.stages[i].name == name) return static_cast<int>(i);
      return -1;
    };
    const int loss = index("critic_step.gradient(loss)");
    const int penalty = index("critic_step.gradient(penalty)");
    const int step = index("critic_step");
    REQUIRE(loss >= 0);
    REQUIRE(penalty >= 0);
    REQUIRE(step >= 0);
    const auto& after = cut.stages[step].after;
    CHECK(std::count(after.begin(), after.end(), loss) == 1);
    CHECK(std::count(after.begin(), after.end(), penalty) == 1);
    for (int gradient : {loss, penalty})
      for (int other : {loss, penalty}) {
        const auto& needs = cut.stages[gradient].after;
        CHECK(std::count(needs.begin(), needs.end(), other) == 0);
      }
    // Whoever reads D runs before the step that writes it.
    for (const char* reader : {"critic_real", "critic_fake", "penalty"})
      CHECK(std::count(after.begin(), after.end(), index(reader)) == 1);
  }

  TEST_CASE("a shape that does not fit names node, layer, rule and both shapes") {
    Graph g("test");
    const Network D = g.network("D", mlp({100, 8, 1}, relu));
    const Port real = g.add("spheres", Spheres{});
    CHECK(message([&] { g.add("critic_real", Forward{D}, real); }) ==
          "critic_real (Forward): D/0 (linear): x has 784 features, w expects 100: x (64,784) "
          "[N,I], w (100,8) [I,O]");
  }

  TEST_CASE("wiring errors name both nodes") {
    Graph g("test"), other("other");
    const Port a = g.add("noise", Uniform{.dim = 2});
    CHECK(message([&] { g.add("noise", Uniform{.dim = 3}); }) ==
          "graph test: two nodes are named 'noise' (Uniform and Uniform)");
    CHECK(message([&] { other.add("sharpen", TunableSigmoid{}, a); }) ==
          "sharpen (TunableSigmoid): input 0: it is no port of graph other");
    CHECK(message([&] {
            g.network("G", mlp({1, 1}, relu)), g.network("G", mlp({1, 1}, relu));
          }) == "graph test: two networks are named 'G'");
  }

  TEST_CASE("check() refuses what would train nothing or waste work") {
    Graph empty("empty");
    CHECK(message([&] { empty.check(); }) ==
          "graph empty: nothing to train, there is no phase; call phase(...).minimize(...)");
    Graph g("test");
    compose(g);
    g.add("extra", Uniform{.dim = 2});
    CHECK(message([&] { g.check(); }) ==
          "extra (Uniform): no phase, tap or evaluation uses this node; wire its output or remove "
          "it");
  }

  TEST_CASE("a batch larger than the set is refused") {
    Graph g("test", {.batch = 401});
    CHECK(message([&] { g.add("spheres", Spheres{}); }) ==
          "spheres (Spheres): the batch of 401 is larger than the set of 400 items; use --batch "
          "400");
  }

  TEST_CASE("settings: unknown names are refused with the nearest one, values are parsed") {
    Graph g("test", {.values = {{"penalty.lamda", "1"}}});
    compose(g);
    const std::string text = message([&] { g.check(); });
    CHECK(
        text.starts_with("--set penalty.lamda: graph test has no such option; did you mean "
                         "'penalty.lambda'? there are: "));
    Graph good("test", {.values = {{"lr", "0.5"}}});
    good.scalar("lr", 1e-3);
    CHECK(good.impl().scalars[0].schedule.at(0) == 0.5);
  }

  TEST_CASE("an objective must be one number, its network must be used") {
    Graph g("test");
    const Network G = g.network("G", mlp({2, 3}, relu));
    const Network D = g.network("D", mlp({3, 1}, relu));
    const Port fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
    CHECK(message([&] { g.phase("p", 1).minimize("step", fake, G, RmsProp{}); }) ==
          "step: the objective 'generate' must be one number, it has shape (64,3); take its mean");
    CHECK(message([&] { g.phase("q", 1).minimize("step", mean(fake), D, RmsProp{}); }) ==
          "step: nothing to update, no node of the graph uses network 'D'");
  }
}
