// Numbers that follow schedules: one slot a name, one range of all who read it.
#include <doctest/doctest.h>

#include "engine/graph/graph.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/arithmetic.h"
#include "ops/sources/noise.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void compose(Graph& g, const Scalar& lr, const Scalar& clip = 1) {
  const Network G = g.network("G", mlp({2, 1}, relu));
  const Port y = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
  g.phase("train", 1).minimize("step", mean(y), G, clip_weights(Sgd{.lr = lr}, clip));
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("a scalar of a node is declared by who reads it") {
    Graph g("test", {.values = {{"step.clip", "0.5"}}});
    compose(g, 0.25);
    const std::vector<OptionInfo> all = g.options();
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "step.lr");
    CHECK(all[0].initial == "0.25");
    CHECK(all[0].allowed == "schedule, at least 0");
    CHECK(all[0].help == "learning rate");
    CHECK(all[1].name == "step.clip");
    CHECK(all[1].initial == "1");
    CHECK(all[1].value == "0.5");
  }

  TEST_CASE("a shared scalar keeps to the ranges of all, and has one schedule") {
    Graph g("test");
    const Scalar rate = g.scalar("rate", 0, any_number(), "of everything");
    CHECK(error_of([&] { compose(g, rate, rate); }) ==
          "2 step (clip_weights(Sgd)): rate is 0, it must be above 0");
    Graph h("test");
    const Scalar shared = h.scalar("rate", 0.5, between(0, 0.5), "of everything");
    compose(h, shared, shared);
    CHECK(h.options()[0].allowed == "schedule, above 0 and at most 0.5");
    CHECK(h.options()[0].help == "of everything");
    CHECK(error_of([&] { h.scalar("rate", 0.25); }) ==
          "2 graph test: scalar 'rate' is given as 0.5 and as 0.25");
  }

  TEST_CASE("--set replaces the schedule, within the range") {
    for (const auto& [text, sentence] :
         {std::pair<std::string, std::string>{
              "-1",
              "2 step (clip_weights(Sgd)): step.lr is -1, it must be "
              "at least 0"},
          {"steps(0:1,9:-1)",
           "2 step (clip_weights(Sgd)): step.lr is steps(0: 1, 9: -1), it must be at least 0"},
          {"steps(0:1",
           "2 step (clip_weights(Sgd)): --set step.lr: schedule 'steps(0:1' lacks its closing "
           "')'"}}) {
      Graph g("test", {.values = {{"step.lr", text}}});
      CHECK(error_of([&] { compose(g, 0.25); }) == sentence);
    }
  }

  TEST_CASE("a function of the user's that leaves the range stops its replica, with the step") {
    Graph g("test");
    compose(g, Schedule("own", [](Step step) { return step < 3 ? 0.1 : -0.1; }));
    ProgramCache cache;
    std::vector<LoweredReplica> lowered{lower(g, 1, cache)};
    MemorySink sink(lowered);
    const RunResult result = run_toy(std::move(lowered), {.steps = 9}, sink);
    CHECK(result.replicas[0].failed);
    CAPTURE(result.replicas[0].message);
    CHECK(result.replicas[0].message.find("step.lr is -0.1 at step 3, it must be at least 0") !=
          std::string::npos);
    CHECK(sink.steps(0, 0).size() == 3);
  }
}
