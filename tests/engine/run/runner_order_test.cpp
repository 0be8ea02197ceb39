// Same bits for any number of threads, alone or among other replicas, resumed or not.
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "engine/error.h"
#include "engine/run/runner.h"
#include "engine/tensor/philox.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Sleeps that differ from run to run, so that a wrong edge shows sooner or later.
ToyHooks jitter() {
  ToyHooks hooks;
  hooks.enter = [](const std::string&, std::uint64_t, Step) {
    const auto now =
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    std::this_thread::sleep_for(std::chrono::microseconds((now / 64 * 2654435761u) % 64));
  };
  return hooks;
}

std::vector<Trained> run(int threads, int replicas, ToyOptions toy, RunnerOptions options,
                         const ToyHooks& hooks = jitter()) {
  std::vector<LoweredReplica> lowered;
  for (int r = 0; r < replicas; ++r) lowered.push_back(toy_replica(11 + r, toy, hooks));
  MemorySink sink(lowered);
  options.threads = threads;
  const RunResult result = run_toy(std::move(lowered), options, sink);
  CHECK(result.replicas.size() == static_cast<std::size_t>(replicas));
  CHECK_FALSE(result.stopped);
  CHECK(sink.violations.empty());
  std::vector<Trained> trained;
  for (int r = 0; r < replicas; ++r) {
    INFO(result.replicas[r].message);
    CHECK_FALSE(result.replicas[r].failed);
    trained.push_back(sink.trained(r));
  }
  return trained;
}

// The arithmetic of the toy without any graph: one thing after the other.
struct Serial {
  explicit Serial(const LoweredReplica& replica) : lowered(replica) {
    for (const VariableInfo& v : lowered.variables) {
      std::vector<double> exact(static_cast<std::size_t>(v.shape.elements()));
      v.initializer(lowered.seed, stream_id(v.name), exact);
      variables.emplace_back(exact.begin(), exact.end());
    }
  }
  void occurrence(int phase, Step t, Step scalars_at) {
    const LoweredTrip& p = lowered.trips[phase];
    std::vector<std::vector<float>> buffers;
    for (const LoweredBuffer& b : p.buffers) buffers.emplace_back(b.bytes / 4);
    std::vector<float> scalars;
    for (const LoweredScalar& s : lowered.scalars) {
      scalars.push_back(static_cast<float>(s.schedule.at(scalars_at)));
    }
    for (const LoweredStage& stage : p.stages) {
      if (stage.source) {
        stage.source->fill_main({lowered.seed, stage.stream, t}, 0, buffers[stage.outputs[0]]);
        continue;
      }
      std::vector<const std::byte*> inputs;
      for (const InputRef& in : stage.inputs) {
        const float* from =
            in.from == InputRef::From::buffer ? buffers[in.index].data() : &scalars[in.index];
        inputs.push_back(reinterpret_cast<const std::byte*>(from));
      }
      std::vector<std::byte*> outputs, vars;
      for (const int b : stage.outputs) {
        outputs.push_back(reinterpret_cast<std::byte*>(buffers[b].data()));
      }
      for (const int v : stage.variables) {
        vars.push_back(reinterpret_cast<std::byte*>(variables[v].data()));
      }
      const DrawClock clock{lowered.seed, t};
      run_once(*stage.program, {nullptr, vars.data(), inputs.data(), outputs.data(), &clock});
    }
    losses.push_back(buffers[p.occurrences[0].taps[0]][0]);
  }
  LoweredReplica lowered;
  std::vector<std::vector<float>> variables;
  std::vector<float> losses;
};

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("a run equals the same stages called one after the other") {
    const auto count = [](std::uint64_t macro) { return static_cast<int>(macro % 3) + 1; };
    const ToyOptions toy{.critic = count};
    Serial serial(toy_replica(11, toy));
    std::vector<float> critic, generator;
    Step done = 0;
    for (std::uint64_t macro = 0; done < 20; ++macro) {
      for (int i = 0; i < count(macro); ++i, ++done) serial.occurrence(0, done, done);
      critic.insert(critic.end(), serial.losses.begin(), serial.losses.end());
      serial.losses.clear();
      serial.occurrence(1, macro, done);
      generator.push_back(serial.losses.back());
      serial.losses.clear();
    }
    for (const int threads : {1, 3}) {
      std::vector<LoweredReplica> lowered{toy_replica(11, toy, jitter())};
      MemorySink sink(lowered);
      const RunResult result =
          run_toy(std::move(lowered), {.steps = 20, .threads = threads, .records = 7}, sink);
      CHECK(result.replicas[0].step == done);
      CHECK(sink.column<float>(0, 0, 1) == critic);
      CHECK(sink.column<float>(0, 1, 1) == generator);
      CHECK(sink.commits.size() == 1);
      CHECK(sink.commits[0].variables.at("D/w") == serial.variables[0]);
      CHECK(sink.commits[0].variables.at("G/w") == serial.variables[1]);
    }
  }

  TEST_CASE("rows, Variables and evaluations do not depend on threads, replicas or depths") {
    const ToyOptions toy{.critic = [](std::uint64_t macro) { return macro < 4 ? 5 : 2; },
                         .generator = [](std::uint64_t macro) { return macro % 5 == 4 ? 0 : 2; },
                         .evaluate_every = 10};
    const RunnerOptions options{.steps = 60, .checkpoint_every = 20, .records = 4};
    const auto expected = run(1, 4, toy, options);
    CHECK(expected[0] != expected[1]);
    for (const int threads : {1, 2, 8}) {
      CAPTURE(threads);
      CHECK(run(threads, 4, toy, options) == expected);
      CHECK(run(threads, 1, toy, options)[0] == expected[0]);
    }
    RunnerOptions other = options;
    other.prefetch = 1;
    other.ahead = 1;
    CHECK(run(2, 2, toy, other)[1] == expected[1]);
    other.prefetch = 7;
    other.ahead = 6;
    other.records = 1000;
    other.checkpoint_every = 0;  // one commit, at the end
    Trained last = expected[1];
    last.commits = {last.commits.back()};
    CHECK(run(2, 2, toy, other)[1] == last);
  }

  TEST_CASE("every step of a phase has one row, in order; later phases count critic updates") {
    std::vector<LoweredReplica> lowered{toy_replica(1), toy_replica(2)};
    MemorySink sink(lowered);
    run_toy(std::move(lowered), {.steps = 100, .threads = 4, .records = 3}, sink);
    for (const int r : {0, 1}) {
      std::vector<std::int64_t> critic, generator;
      for (int i = 1; i <= 102; ++i) critic.push_back(i);
      for (int i = 3; i <= 102; i += 3) generator.push_back(i);
      CHECK(sink.steps(r, 0) == critic);
      CHECK(sink.steps(r, 1) == generator);
    }
  }

  TEST_CASE("a slot filled ahead of time sees the scalars of its own step") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    run_toy(std::move(lowered), {.steps = 30, .threads = 2, .prefetch = 5}, sink);
    std::vector<float> k;
    for (int t = 0; t < 30; ++t) k.push_back(static_cast<float>(t / 100.0));
    CHECK(sink.column<float>(0, 0, 5) == k);
  }

  TEST_CASE("a resumed run ends as one that was never interrupted") {
    const ToyOptions toy{.critic = [](std::uint64_t macro) { return static_cast<int>(macro) + 1; },
                         .evaluate_every = 7};
    const RunnerOptions options{.steps = 40, .threads = 2, .checkpoint_every = 9};
    std::vector<LoweredReplica> lowered{toy_replica(5, toy), toy_replica(6, toy)};
    const auto again = lowered;
    MemorySink whole(lowered);
    run_toy(std::move(lowered), options, whole);
    REQUIRE(whole.commits_of(0).size() > 3);
    const std::vector<std::optional<Restored>> restored{whole.restored(0, 1), whole.restored(1, 2)};
    MemorySink rest(again);
    run_toy(again, options, rest, restored);
    CHECK(rest.violations.empty());
    for (const int r : {0, 1}) {
      CHECK(rest.commits_of(r).back().variables == whole.commits_of(r).back().variables);
      CHECK(rest.commits_of(r).back().counters == whole.commits_of(r).back().counters);
      CHECK(rest.commits_of(r)[0].step == whole.commits_of(r)[r + 2].step);
      const auto part = rest.deterministic_rows(r), all = whole.deterministic_rows(r);
      for (std::size_t t = 0; t < all.size(); ++t) {
        REQUIRE(part[t].size() < all[t].size());
        CHECK(std::equal(part[t].rbegin(), part[t].rend(), all[t].rbegin()));
        // Nothing from before the checkpoint again.
        CHECK(rest.steps(r, static_cast<int>(t)).front() >
              static_cast<std::int64_t>(restored[r]->step));
      }
    }
    SUBCASE("nothing is left to do") {
      MemorySink none(again);
      const MemorySink::Commit last = whole.commits_of(0).back();
      const RunResult result =
          run_toy({again[0]}, options, none, {Restored{last.step, last.counters, last.variables}});
      CHECK(result.replicas[0].step == last.step);
      CHECK(none.steps(0, 0).empty());
      CHECK(none.commits.empty());
    }
  }

  TEST_CASE("a checkpoint that does not fit is refused") {
    std::vector<LoweredReplica> lowered{toy_replica(5)};
    MemorySink sink(lowered);
    run_toy(lowered, {.steps = 6}, sink);
    const auto refusal = [&](const std::function<void(Restored&)>& damage) -> std::string {
      Restored restored = sink.restored(0, 0);
      damage(restored);
      try {
        Runner runner(lowered, {.steps = 9}, sink, {restored});
      } catch (const Error& error) {
        CHECK(error.fault() == Fault::input);
        return error.what();
      }
      return "";
    };
    CHECK(refusal([](Restored& r) { r.variables.at("D/w").pop_back(); }) ==
          "the checkpoint of replica 0 holds 4 values of Variable 'D/w' (5), the graph needs 5");
    CHECK(refusal([](Restored& r) { r.variables.erase("G/w"); }) ==
          "the checkpoint of replica 0 holds 0 values of Variable 'G/w' (3), the graph needs 3");
    CHECK(refusal([](Restored& r) { r.counters.erase("generator"); }) ==
          "the checkpoint of replica 0 has no counter 'generator': resume from an older one");
    CHECK(refusal([](Restored& r) { r.step = 5; }) ==
          "the checkpoint of replica 0 is of step 5 but counts 6 steps of phase 'critic': resume "
          "from an older one");
    CHECK(refusal([](Restored&) {}).empty());
  }

  // Was: refused; only options that keep the stages could be compared in one run.
  TEST_CASE("replicas of other stages run side by side, each as it does alone") {
    const auto alone = [](const LoweredReplica& replica) {
      const std::vector<LoweredReplica> one{replica};
      MemorySink sink(one);
      run_toy(one, {.steps = 60, .checkpoint_every = 20}, sink);
      return sink.trained(0);
    };
    std::vector<LoweredReplica> lowered{toy_replica(1, {}, jitter()), toy_replica(2, {}, jitter()),
                                        toy_replica(3, {.evaluate_every = 9}, jitter()),
                                        toy_replica(1, {}, jitter())};
    lowered[1].trips[0].stages[2].timing = Timing::step;  // 'generate', not ahead
    lowered[3].trips[0].stages[4].after.push_back(3);     // no fork
    std::vector<Trained> expected;
    for (const LoweredReplica& replica : lowered) expected.push_back(alone(replica));
    CHECK(expected[3] == expected[0]);
    CHECK_FALSE(expected[2].pictures.empty());
    for (const int threads : {1, 4}) {
      MemorySink sink(lowered);
      const RunResult result =
          run_toy(lowered, {.steps = 60, .threads = threads, .checkpoint_every = 20}, sink);
      CHECK(sink.violations.empty());
      for (int r = 0; r < 4; ++r) {
        CAPTURE(r);
        CHECK_FALSE(result.replicas[r].failed);
        CHECK(sink.trained(r) == expected[r]);
      }
    }
  }

  TEST_CASE("a run without threads is refused") {
    const std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    CHECK_THROWS_WITH_AS(Runner({toy_replica(1)}, {.steps = 1, .threads = 0}, sink),
                         "option 'threads' is 0, it must be at least 1", Error);
  }
}
