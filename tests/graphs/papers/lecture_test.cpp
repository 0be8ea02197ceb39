// Progressive growing: stages over the same Variables, the schedule of the phases.
#include "graphs/papers/lecture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "support/image_files.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

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

TEST_CASE("a last stage that doubling does not reach is refused") {
  Graph g("progressive", {.data = cifar_data(), .values = {{"side", "20"}}});
  CHECK(error_of([&] { progressive(g, {}); }) ==
        "2 --set side=20: every stage doubles the side, take 4, 8, 16, ...");
}

TEST_SUITE_END();
