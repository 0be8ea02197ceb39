// A failing replica dies alone and says by which node, at which step, and what is left of it.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/error.h"
#include "engine/run/runner.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Failed {
  RunResult result;
  MemorySink sink;
};

// Four replicas of seeds 0 .. 3.
Failed run_four(const ToyHooks& hooks, int threads, const ToyOptions& toy = {},
                const std::function<void(LoweredReplica&)>& change = {}) {
  std::vector<LoweredReplica> lowered;
  for (int r = 0; r < 4; ++r) lowered.push_back(toy_replica(r, toy, hooks));
  if (change) change(lowered[2]);
  MemorySink sink(lowered);
  RunResult result =
      run_toy(std::move(lowered), {.steps = 120, .threads = threads, .checkpoint_every = 30}, sink);
  CHECK(sink.violations.empty());
  for (const int r : {0, 1, 3}) {
    CHECK_FALSE(result.replicas[r].failed);
    CHECK(result.replicas[r].step == 120);
    CHECK(sink.steps(r, 0).size() == 120);
    CHECK(sink.commits_of(r).back().step == 120);
  }
  CHECK(result.replicas[2].failed);
  return {std::move(result), std::move(sink)};
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("a loss that is not finite stops its replica before the row is written") {
    for (const int threads : {1, 2, 8}) {
      for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
        ToyHooks hooks;
        hooks.loss = [&](std::uint64_t seed, Step step, float loss) {
          return seed == 2 && step == 99 ? bad : loss;
        };
        const auto [result, sink] = run_four(hooks, threads);
        CHECK(result.replicas[2].message ==
              fmt::format("node 'critic_step' replica 2 step 100: the loss is not finite ({}); "
                          "the last good checkpoint is step 90",
                          bad));
        CHECK(result.replicas[2].step == 99);
        CHECK(sink.steps(2, 0).back() == 99);
        CHECK(sink.steps(2, 0).size() == 99);
        CHECK(sink.commits_of(2).back().step == 90);
      }
    }
  }

  TEST_CASE("a failure before the first commit says so") {
    ToyHooks hooks;
    hooks.loss = [](std::uint64_t seed, Step, float loss) {
      return seed == 2 ? std::nanf("") : loss;
    };
    const auto [result, sink] = run_four(hooks, 2);
    CHECK(result.replicas[2].message ==
          "node 'critic_step' replica 2 step 1: the loss is not finite (nan); there is no "
          "good checkpoint yet");
    CHECK(sink.steps(2, 0).empty());
    CHECK(sink.commits_of(2).empty());
  }

  TEST_CASE("a source that throws ahead of time fails the step it was for") {
    for (const int threads : {1, 2}) {
      ToyHooks hooks;
      hooks.source = [](const Draw& draw) {
        if (draw.seed == 2 && draw.step == 64) fail(Fault::input, "row 64 is damaged");
      };
      const auto [result, sink] = run_four(hooks, threads);
      CHECK(result.replicas[2].message ==
            "node 'spheres' replica 2 step 65: row 64 is damaged; the last good checkpoint is "
            "step 60");
      CHECK(sink.steps(2, 0).size() == 64);
    }
  }

  TEST_CASE("a schedule that throws fails the step it was for") {
    const auto [result, sink] = run_four({}, 2, {}, [](LoweredReplica& replica) {
      replica.scalars[1].schedule = Schedule("odd", [](Step step) -> double {
        if (step == 70) throw 7;
        return 0.5;
      });
    });
    CHECK(result.replicas[2].message ==
          "node 'schedule' replica 2 step 71: an exception that is not a std::exception; the last "
          "good checkpoint is step 60");
    CHECK(sink.steps(2, 0).size() == 70);
  }

  TEST_CASE("a metric that throws stops its replica at a macro-iteration end") {
    for (const int threads : {1, 2}) {
      ToyHooks hooks;
      hooks.metric = [](const Measurement& m) {
        if (m.seed == 2 && m.step == 60) fail(Fault::input, "no reference");
      };
      const auto [result, sink] = run_four(hooks, threads, {.evaluate_every = 20});
      const std::string begin = "node 'quality' replica 2 step 60: no reference; ";
      // The checkpoint of step 60 came after the evaluation that failed: it is not a good one.
      CHECK(result.replicas[2].message == begin + "the last good checkpoint is step 30");
      CHECK(sink.commits_of(2).back().step == 30);
      CHECK(result.replicas[2].step >= 60);
      CHECK(sink.steps(2, 2).front() == 0);
      for (const std::int64_t step : sink.steps(2, 2)) CHECK(step != 60);
    }
  }

  TEST_CASE("the last metric's failure is not lost") {
    ToyHooks hooks;
    hooks.metric = [](const Measurement& m) {
      if (m.seed == 2 && m.step == 120) fail(Fault::input, "no reference");
    };
    const auto [result, sink] = run_four(hooks, 2, {.evaluate_every = 20});
    CHECK(result.replicas[2].message.find("node 'quality' replica 2 step 120: no reference") == 0);
  }

  TEST_CASE("a phase count that cannot be is refused by name") {
    ToyOptions toy;
    const auto [result, sink] = run_four({}, 2, {}, [](LoweredReplica& replica) {
      replica.phases[0].count = [](std::uint64_t macro) { return macro < 15 ? 3 : 0; };
    });
    CHECK(result.replicas[2].message.find(
              "phase 'critic' asks for 0 steps in macro-iteration 15, it needs at least 1") !=
          std::string::npos);
    CHECK(sink.commits_of(2).back().step == 30);
  }
}
