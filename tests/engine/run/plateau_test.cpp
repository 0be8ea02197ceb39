// Numbers that fall, and runs that end, when an evaluation gets no better: by what the tables say,
// at the same step for any threads and however long an evaluation takes, killed and resumed or not.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "engine/run/watch.h"
#include "engine/run/watched.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr Step kSteps = 168;  // an evaluation is due there
// Macro-iterations of 4: evaluations at 8, 12, 20, 24, ...
const ToyOptions kToy{.critic = [](std::uint64_t) { return 4; }, .evaluate_every = 6};
constexpr int kQuality = 2, kMean = 1, kRate = 1;  // table, column, scalar

LoweredReplica replica(const Schedule& rate, const ToyHooks& hooks = {}) {
  LoweredReplica r = toy_replica(5, kToy, hooks);
  r.scalars[kRate].schedule = rate;
  return r;
}

struct Ran {
  Trained trained;
  ReplicaResult result;
  MemorySink sink;
};
Ran ran(const Schedule& rate, RunnerOptions options = {}, const ToyHooks& hooks = {},
        const std::optional<Restored>& restored = {}) {
  std::vector<LoweredReplica> replicas{replica(rate, hooks)};
  MemorySink sink(replicas);
  if (options.steps == 0) options.steps = kSteps;
  const RunResult result = run_toy(std::move(replicas), options, sink, {restored});
  CHECK(sink.violations.empty());
  return {sink.trained(0), result.replicas[0], std::move(sink)};
}

// The evaluations that count, by the tables of a run: not the one at the start.
struct Measured {
  std::vector<Step> steps;
  std::vector<double> means;
};
Measured measured(const MemorySink& sink) {
  Measured m;
  const auto means = sink.column<double>(0, kQuality, kMean);
  const auto steps = sink.steps(0, kQuality);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    m.steps.push_back(static_cast<Step>(steps[i]));
    m.means.push_back(means[i]);
  }
  return m;
}

Schedule falling(double factor = 0.5, int patience = 2) {
  return on_plateau(0.5, {.column = "quality.mean", .patience = patience, .factor = factor});
}

}  // namespace

TEST_SUITE("plateau") {
  TEST_CASE("a number falls at the evaluation behind the one that was too many") {
    const Ran plateau = ran(falling());
    // What the rates were by the rows alone, as a schedule of steps ...
    const Measured m = measured(plateau.sink);
    REQUIRE(m.steps.size() > 20);
    std::string rates = "steps(0:0.5";
    double best = HUGE_VAL, rate = 0.5;
    int since = 0, falls = 0;
    for (std::size_t i = 0; i + 1 < m.steps.size(); ++i) {
      since = m.means[i] < best ? 0 : since + 1;
      best = std::min(best, m.means[i]);
      if (since < 2) continue;
      since = 0;
      ++falls;
      rate *= 0.5;
      rates += fmt::format(",{}:{}", m.steps[i + 1], rate);
    }
    REQUIRE(falls >= 3);
    // ... that gives the same bits.
    CHECK(ran(parse_schedule(rates + ")")).trained == plateau.trained);
    CHECK(plateau.result.lowered == std::map<std::string, double>{{"critic_step.lr", rate}});
    CHECK_FALSE(ran(0.5).trained == plateau.trained);
    CHECK_FALSE(plateau.result.flat);
  }

  TEST_CASE("any threads and evaluations of any length: the same bits") {
    const Ran one = ran(falling());
    for (const int threads : {1, 2, 4}) {
      ToyHooks slow;
      slow.metric = [](const Measurement& m) {
        std::this_thread::sleep_for(std::chrono::microseconds(m.step * 7919 % 3000));
      };
      const Ran other = ran(falling(), {.threads = threads}, slow);
      CHECK(other.trained == one.trained);
    }
  }

  TEST_CASE("resumed from any checkpoint it goes on as if nothing had been") {
    const RunnerOptions often{.threads = 2, .checkpoint_every = 4};
    const Ran whole = ran(falling(), often);
    const auto commits = whole.sink.commits_of(0);
    REQUIRE(commits.size() == kSteps / 4);
    for (std::size_t c = 0; c < commits.size(); c += 3) {
      CAPTURE(commits[c].step);
      const Ran rest = ran(falling(), often, {}, whole.sink.restored(0, c));
      const auto again = rest.sink.commits_of(0);
      REQUIRE(again.size() == commits.size() - c - 1);
      for (std::size_t i = 0; i < again.size(); ++i) {
        CHECK(again[i].variables == commits[c + 1 + i].variables);
        CHECK(again[i].counters == commits[c + 1 + i].counters);
      }
    }
  }

  TEST_CASE("a run that ended on the way and goes on is one that did not end") {
    const Ran whole = ran(falling());
    // Its last evaluation is due at 6 k, or is made only because it ends there.
    for (const Step first : {40u, 44u, 52u, 56u}) {
      CAPTURE(first);
      const Ran half = ran(falling(), {.steps = first});
      const Ran rest = ran(falling(), {}, {}, half.sink.restored(0, 0));
      CHECK(rest.trained.commits.back() == whole.trained.commits.back());
    }
  }

  TEST_CASE("a run ends at the evaluation behind the one that was too many") {
    const Measured m = measured(ran(0.5).sink);
    for (const bool greatest : {false, true}) {
      const Plateau stop{.column = "quality.mean", .greatest = greatest, .patience = 3};
      const double sign = greatest ? -1 : 1;
      double best = HUGE_VAL;
      int since = 0;
      std::size_t i = 0;
      for (; since < 3; ++i) {
        REQUIRE(i < m.means.size());
        since = sign * m.means[i] < best ? 0 : since + 1;
        best = std::min(best, sign * m.means[i]);
      }
      const Step end = m.steps[i];
      for (const int threads : {1, 4}) {
        const Ran run = ran(0.5, {.threads = threads, .checkpoint_every = 40, .stop_on = stop});
        CHECK(run.result.step == end);
        CHECK(run.result.flat);
        CHECK_FALSE(run.result.failed);
        // It is evaluated and committed as at any end.
        CHECK(run.sink.commits.back().step == end);
        CHECK(run.sink.steps(0, kQuality).back() == static_cast<std::int64_t>(end));
        CHECK(run.trained.commits.back() == ran(0.5, {.steps = end}).trained.commits.back());

        const Restored ended = run.sink.restored(0, run.sink.commits.size() - 1);
        const Ran again = ran(0.5, {.stop_on = stop}, {}, ended);
        CHECK(again.result.step == end);
        CHECK(again.result.flat);
        CHECK(again.sink.commits.empty());
        Plateau later = stop;
        later.patience = 1000;
        const Ran further = ran(0.5, {.stop_on = later}, {}, ended);
        CHECK(further.result.step == kSteps);
        CHECK_FALSE(further.result.flat);
      }
    }
  }

  TEST_CASE("resumed before it ended, a run ends where it would have") {
    const Plateau stop{.column = "quality.mean", .patience = 3};
    const RunnerOptions options{.checkpoint_every = 4, .stop_on = stop};
    const Ran whole = ran(0.5, options);
    REQUIRE(whole.result.flat);
    const std::size_t commits = whole.sink.commits.size();
    for (std::size_t c = 0; c + 1 < commits; ++c)
      CHECK(ran(0.5, options, {}, whole.sink.restored(0, c)).result.step == whole.result.step);
  }

  TEST_CASE("an evaluation that is waited for and fails ends the replica") {
    for (const int threads : {1, 2}) {
      ToyHooks hooks;
      hooks.metric = [](const Measurement& m) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (m.step == 12) fail(Fault::input, "no numbers");
      };
      const Ran run = ran(falling(), {.threads = threads, .checkpoint_every = 12}, hooks);
      CHECK(run.result.failed);
      CHECK(run.result.message ==
            "node 'quality' replica 0 step 12: no numbers; there is no good checkpoint yet");
    }
  }

  TEST_CASE("what is better: less or more, NaN never, equal neither") {
    const auto since = [](bool greatest, const std::vector<double>& values) {
      Watch watch("x", {.column = "quality.mean", .greatest = greatest, .patience = 2}, {0, 0});
      std::string flat;
      Step step = 0;
      for (const double value : values) {
        watch.expect(++step);
        watch.see(step + 1, {-100});  // of another step
        CHECK(watch.awaits());
        watch.see(step, {value});
        CHECK_FALSE(watch.awaits());
        watch.judge();
        watch.judge();  // nothing new was said
        flat += watch.flat() ? '1' : '0';
      }
      return flat;
    };
    CHECK(since(false, {3, 2, 1, 1, 1, 0.5}) == "000010");
    CHECK(since(true, {3, 2, 1, 4, 4, 5}) == "001000");
    CHECK(since(false, {NAN, NAN, 7, NAN, NAN}) == "01001");
    CHECK(since(false, {-HUGE_VAL, 1, 1}) == "001");
  }

  TEST_CASE("refusals name the column, what there is, and who cannot wait") {
    const auto refused = [](int scalar, const std::string& schedule, Step every = 6) {
      LoweredReplica r = replica(0.5);
      r.scalars[static_cast<std::size_t>(scalar)].schedule = parse_schedule(schedule);
      r.evaluations[0].every = every;
      return error_of([&] { check_plateaus(r); });
    };
    CHECK(refused(kRate, "plateau(1:0.5,2:quality.mean)").empty());
    CHECK(
        refused(kRate, "plateau(1:0.5,2:quality.meen)") ==
        "2 critic_step.lr is plateau(1: 0.5, 2: quality.meen): no evaluation of this run measures "
        "'quality.meen'; did you mean 'quality.mean'? there are: quality.mean, quality.k");
    CHECK(refused(kRate, "plateau(1:0.5,2:quality.mean:max)", 0) ==
          "2 critic_step.lr is plateau(1: 0.5, 2: quality.mean:max): 'quality' is measured at the "
          "end only; use --evaluate-every N");
    CHECK(refused(0, "plateau(1:0.5,2:quality.mean)") ==
          "2 k is plateau(1: 0.5, 2: quality.mean): 'sharpen' reads it, which does not wait for "
          "evaluations; only numbers of training steps follow a plateau");
    std::vector<LoweredReplica> replicas{replica(0.5)};
    MemorySink sink(replicas);
    CHECK(error_of([&] {
            run_toy(replicas, {.steps = 4, .stop_on = Plateau{.column = "critic.loss"}}, sink);
          }).starts_with("2 stop_on: no evaluation of this run measures 'critic.loss'"));
  }
}
