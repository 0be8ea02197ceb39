// Progressive growing: what the blend is at its ends, stages over the same Variables, the schedule
// of the phases.
#include "graphs/networks/progressive.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "graphs/presets.h"
#include "ops/primitives/pool.h"
#include "support/gradient_check.h"
#include "support/image_files.h"
#include "support/run_example.h"
#include "support/test_formula.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("networks");

namespace {

Progressive at(Extent side, double alpha) {
  return {.side = side, .width = 3, .channels = 2, .alpha = {"alpha", alpha}};
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

}  // namespace

TEST_CASE("at alpha 0 a stage equals the one before, at alpha 1 that has no influence") {
  TestFormula f(2);
  const Network g4("G", progressive_generator(at(4, 0))), g8("G", progressive_generator(at(8, 0)));
  const Network d4("D", progressive_critic(at(4, 0))), d8("D", progressive_critic(at(8, 0)));
  const Value z = f.input("z", {2, 5}), image = f.input("image", {2, 2, 8, 8});
  f.output("g4", upsample(g4(f, z)));
  f.output("g8", g8(f, z));
  f.output("d4", d4(f, average_pool(image)));
  f.output("d8", d8(f, image));
  const std::vector<double> zs = drawn(10, 3), images = drawn(256, 4);
  const Tensors old = f.run({{"z", zs}, {"image", images}, {"alpha", {0}}});
  CHECK(old.at("g8") == old.at("g4"));
  CHECK(largest_difference(old.at("d8"), old.at("d4")) <= 1e-12);
  // At 1 the stage before may be anything.
  const Tensors now = f.run({{"z", zs}, {"image", images}, {"alpha", {1}}});
  for (const char* name : {"G/rgb4/conv1/w", "D/rgb4/conv1/w"})
    for (double& w : f.state()[name]) w += 1;
  const Tensors changed = f.run({{"z", zs}, {"image", images}, {"alpha", {1}}});
  CHECK(largest_difference(now.at("g8"), changed.at("g8")) <= 1e-12);
  CHECK(largest_difference(now.at("d8"), changed.at("d8")) <= 1e-12);
  CHECK(largest_difference(now.at("g8"), old.at("g8")) > 1e-3);
}

TEST_CASE("sides of images, and what is refused") {
  for (const Extent side : {4, 8, 16, 32}) {
    TestFormula f(2);
    const Value x = progressive_generator(at(side, 1))(f, f.input("z", {2, 5}));
    CHECK(x.shape() == Shape{2, 2, side, side});
    const Formula::Scope scope(f, "D/");
    CHECK(progressive_critic(at(side, 1))(f, x).shape() == Shape{2, 1});
  }
  CHECK_THROWS_WITH_AS(progressive_critic({.side = 12}),
                       "progressive: side is 12, it must be 4, 8, 16, ...", Error);
}

TEST_CASE(
    "stages follow each other over the same Variables; steps count all their critic updates") {
  const std::string data = cifar_data();
  Graph graph("grow", {.batch = 2,
                       .data = data,
                       .values = {{"stage_iterations", "2"}, {"side", "16"}, {"width", "2"}}});
  // The set is 32 pixels wide: side 16 is refused, 32 has four stages.
  CHECK_FALSE(error_of([&] { progressive(graph, {.latent = 4}); }).empty());
  Graph g("grow",
          {.batch = 2, .data = data, .values = {{"stage_iterations", "2"}, {"width", "2"}}});
  progressive(g, {.latent = 4});
  g.check();
  CHECK(g.steps() == 8);
  ProgramCache cache;
  std::vector<LoweredReplica> replicas{lower(g, 3, cache)};
  REQUIRE(replicas[0].phases.size() == 8);
  int rgb = 0;
  for (const VariableInfo& v : replicas[0].variables) rgb += v.name == "G/rgb16/conv1/w";
  CHECK(rgb == 1);
  const std::vector<LoweredReplica> again = replicas;
  MemorySink sink(replicas);
  const RunnerOptions options{.steps = 8, .threads = 2, .checkpoint_every = 3};
  const RunResult result = run_toy(std::move(replicas), options, sink);
  CHECK_FALSE(result.replicas[0].failed);
  CHECK(result.replicas[0].step == 8);
  // Tables by phase: critic4, generator4, critic8, ...
  for (int stage = 0; stage < 4; ++stage) {
    const std::int64_t first = 2 * stage + 1;
    CHECK(sink.steps(0, 2 * stage) == std::vector<std::int64_t>{first, first + 1});
    CHECK(sink.steps(0, 2 * stage + 1) == std::vector<std::int64_t>{first, first + 1});
    for (const float loss : sink.column<float>(0, 2 * stage, 1)) CHECK(std::isfinite(loss));
  }
  // Resumed within the second stage, it ends with the same bits.
  const Restored second = sink.restored(0, 0);
  CHECK(second.step == 3);
  MemorySink rest(again);
  run_toy(again, options, rest, {second});
  REQUIRE(rest.commits.size() >= 1);
  CHECK(rest.commits.back().step == 8);
  CHECK(rest.commits.back().variables == sink.commits.back().variables);

  // Progress once showed the first stage's numbers for ever.
  MemorySink shown(again);
  Runner runner(again, options, shown);
  const std::atomic<bool> stop{false};
  Progress last;
  runner.run(stop, [&](const Progress& progress) { last = progress; });
  CHECK(last.step == 8);
  CHECK(std::any_of(last.values.begin(), last.values.end(),
                    [](const auto& value) { return value.first == "wasserstein32"; }));
}

TEST_SUITE_END();
