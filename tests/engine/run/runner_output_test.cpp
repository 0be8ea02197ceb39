// What reaches the sink: everything, once, in order; evaluations, checkpoints, stop, a failing
// sink.
#include <doctest/doctest.h>
#include <unistd.h>
#include <xmmintrin.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "engine/error.h"
#include "engine/run/runner.h"
#include "engine/tensor/philox.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

using Steps = std::vector<std::int64_t>;

Steps counted(std::int64_t first, std::int64_t last, std::int64_t by = 1) {
  Steps steps;
  for (std::int64_t s = first; s <= last; s += by) steps.push_back(s);
  return steps;
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("a slow sink loses nothing and its cost is counted") {
    for (const int threads : {1, 2}) {
      std::vector<LoweredReplica> lowered{toy_replica(1), toy_replica(2)};
      MemorySink sink(lowered);
      sink.before = [](const char*) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
      const RunResult result =
          run_toy(std::move(lowered),
                  {.steps = 60, .threads = threads, .checkpoint_every = 12, .records = 1}, sink);
      CHECK(sink.steps(0, 0) == counted(1, 60));
      CHECK(sink.steps(1, 0) == counted(1, 60));
      CHECK(sink.steps(1, 1) == counted(3, 60, 3));
      CHECK(sink.violations.empty());
      CHECK(result.writer_wait_seconds > 0);
      CHECK(sink.flushes > 0);
    }
  }

  // Was: every replica had room for 768 rows of each phase, 37 KB that a short one never fills.
  TEST_CASE("replicas whose blocks would take much have smaller ones and lose nothing") {
    std::vector<LoweredReplica> lowered;
    for (std::uint64_t r = 0; r < 8; ++r) lowered.push_back(toy_replica(r));
    MemorySink sink(lowered);
    run_toy(std::move(lowered), {.steps = 60, .threads = 2, .records = 1 << 30}, sink);
    for (int r = 0; r < 8; ++r) {
      CHECK(sink.steps(r, 0) == counted(1, 60));
      CHECK(sink.steps(r, 1) == counted(3, 60, 3));
    }
    CHECK(sink.violations.empty());
  }

  TEST_CASE(
      "checkpoints and evaluations come at the first macro-iteration end at or after a mark") {
    const ToyOptions toy{.evaluate_every = 10};  // 3 critic steps each
    std::vector<LoweredReplica> lowered{toy_replica(1, toy)};
    MemorySink sink(lowered);
    const RunResult result =
        run_toy(std::move(lowered), {.steps = 40, .threads = 2, .checkpoint_every = 20}, sink);
    CHECK(result.replicas[0].step == 42);
    Steps commits, pictures;
    for (const auto& c : sink.commits) commits.push_back(static_cast<std::int64_t>(c.step));
    for (const auto& p : sink.pictures) pictures.push_back(static_cast<std::int64_t>(p.step));
    CHECK(commits == Steps{21, 42});
    CHECK(pictures == Steps{0, 12, 21, 30, 42});
    CHECK(sink.steps(0, 2) == pictures);
    CHECK(sink.commits[0].counters ==
          std::map<std::string, std::uint64_t>{{"critic", 21}, {"generator", 7}, {"macro", 7}});
    CHECK(sink.violations.empty());
    CHECK(result.replicas[0].evaluations.at("quality").at("k") == doctest::Approx(0.42));
    // One timing row a commit.
    CHECK(sink.tables[0].back().timing);
    CHECK(sink.steps(0, static_cast<int>(sink.tables[0].size()) - 1) == commits);
  }

  TEST_CASE("checkpoints by time come at macro-iteration ends") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink often(lowered), never(lowered);
    run_toy(lowered, {.steps = 12, .checkpoint_seconds = 1e-9}, often);
    run_toy(lowered, {.steps = 12, .checkpoint_seconds = 1e9}, never);
    Steps commits;
    for (const auto& c : often.commits) commits.push_back(static_cast<std::int64_t>(c.step));
    CHECK(commits == Steps{0, 3, 6, 9, 12});
    CHECK(never.commits.size() == 1);
  }

  // A run without checkpoints held all its rows in memory until its end.
  TEST_CASE("rows that a sink must hold are bounded: a commit comes when there are too many") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered), few(lowered);
    std::size_t updates = 0;  // bytes of a macro-iteration: 3 critic steps and one of the generator
    for (std::size_t p = 0; p < 2; ++p) updates += (p ? 1 : 3) * sink.tables[0][p].row_bytes();
    run_toy(lowered, {.steps = 30, .row_bytes = 2 * updates + 1}, sink);
    run_toy(lowered, {.steps = 30}, few);
    Steps commits;
    for (const auto& c : sink.commits) commits.push_back(static_cast<std::int64_t>(c.step));
    CHECK(commits == Steps{9, 18, 27, 30});
    CHECK(sink.violations.empty());
    CHECK(few.commits.size() == 1);
  }

  // Was: where a sink or a metric hung, only the tokens were listed, all of them waiting; then an
  // evaluation's replica was read while its slot was loaded (the thread sanitizer sees that).
  TEST_CASE("the watchdog says what is at the writer and at an evaluation") {
    for (const bool sink_hangs : {true, false}) {
      const auto hang = [] { std::this_thread::sleep_for(std::chrono::milliseconds(300)); };
      ToyHooks hooks;
      hooks.metric = [&](const Measurement&) {
        if (!sink_hangs) hang();
      };
      std::vector<LoweredReplica> lowered{toy_replica(1, {.evaluate_every = 3}, hooks)};
      MemorySink sink(lowered);
      sink.before = [&](const char* call) {
        if (sink_hangs && std::string(call) == "commit") hang();
      };
      std::FILE* log = std::tmpfile();
      const int terminal = ::dup(STDERR_FILENO);
      ::dup2(::fileno(log), STDERR_FILENO);
      run_toy(std::move(lowered),
              {.steps = 9, .threads = 2, .checkpoint_every = 3, .watchdog_seconds = 0.05}, sink);
      ::dup2(terminal, STDERR_FILENO);
      ::close(terminal);
      std::string text(4096, ' ');
      std::rewind(log);
      text.resize(std::fread(text.data(), 1, text.size(), log));
      std::fclose(log);
      CAPTURE(text);
      CHECK(text.find("nothing has moved for 0.05 s") != std::string::npos);
      CHECK(text.find(sink_hangs ? "replica 0: snapshot at 'writer'"
                                 : "replica 0: evaluation at 'quality'") != std::string::npos);
    }
  }

  TEST_CASE("a run of no steps still evaluates and commits its start") {
    std::vector<LoweredReplica> lowered{toy_replica(1, {.evaluate_every = 10})};
    MemorySink sink(lowered);
    run_toy(std::move(lowered), {.steps = 0}, sink);
    CHECK(sink.steps(0, 2) == Steps{0});
    CHECK(sink.steps(0, 0).empty());
    CHECK(sink.commits.size() == 1);
  }

  TEST_CASE("evaluations see the Variables and draws of their step") {
    for (const bool fixed : {false, true}) {
      const ToyOptions toy{.evaluate_every = 3, .fixed_noise = fixed};
      ToyHooks slow;
      slow.metric = [](const Measurement& m) {
        CHECK(m.n == 6);
        CHECK(m.row == Shape{3});
        CHECK(m.samples.size() == 18);
        std::this_thread::sleep_for(std::chrono::milliseconds(m.step % 2 == 0 ? 3 : 0));
      };
      std::vector<LoweredReplica> lowered{toy_replica(9, toy, slow)};
      const auto program = lowered[0].evaluations[1].program;
      const Schedule k = lowered[0].scalars[0].schedule;
      MemorySink sink(lowered);
      run_toy(std::move(lowered), {.steps = 30, .threads = 3, .checkpoint_every = 3}, sink);
      REQUIRE(sink.commits.size() == 10);
      REQUIRE(sink.pictures.size() == 11);
      const auto means = sink.column<double>(0, 2, 1);
      for (std::size_t i = 0; i < sink.commits.size(); ++i) {
        auto& commit = sink.commits[i];
        const auto& picture = sink.pictures[i + 1];
        REQUIRE(picture.step == commit.step);
        std::vector<float> expected;
        for (Step call = 0; call < 3; ++call) {
          std::vector<float> output(6);
          const auto scalar = static_cast<float>(k.at(commit.step));
          auto* g = reinterpret_cast<std::byte*>(commit.variables.at("G/w").data());
          auto* out = reinterpret_cast<std::byte*>(output.data());
          const auto* in = reinterpret_cast<const std::byte*>(&scalar);
          const DrawClock clock{9, (fixed ? 0 : commit.step) * 3 + call};
          run_once(*program, {nullptr, &g, &in, &out, &clock});
          expected.insert(expected.end(), output.begin(), output.end());
        }
        CHECK(picture.data == expected);
        double sum = 0;
        for (const float x : expected) sum += x;
        CHECK(means[i + 1] == doctest::Approx(sum / 18).epsilon(1e-12));
      }
      CHECK(sink.violations.empty());
    }
  }

  TEST_CASE("a slow evaluation holds its commit back and loses no rows") {
    ToyHooks slow;
    slow.metric = [](const Measurement&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    };
    for (const int threads : {1, 2}) {
      const ToyOptions toy{.evaluate_every = 20};
      std::vector<LoweredReplica> lowered{toy_replica(1, toy, slow), toy_replica(2, toy, slow)};
      MemorySink sink(lowered);
      run_toy(std::move(lowered),
              {.steps = 200, .threads = threads, .checkpoint_every = 20, .records = 2}, sink);
      CHECK(sink.violations.empty());
      for (const int r : {0, 1}) {
        CHECK(sink.steps(r, 0) == counted(1, 201));
        CHECK(sink.commits_of(r).size() == 10);
        CHECK(sink.steps(r, 2).size() == 11);
      }
    }
  }

  TEST_CASE("the stop flag retires at the next macro-iteration end, committed; resume is exact") {
    for (const int threads : {1, 2}) {
      std::atomic<bool> stop{false};
      ToyHooks hooks;
      hooks.enter = [&](const std::string& node, std::uint64_t, Step step) {
        if (node == "critic_step" && step == 50) stop = true;
      };
      const ToyOptions toy{.evaluate_every = 20};
      const RunnerOptions options{.steps = 90, .threads = threads, .checkpoint_every = 25};
      std::vector<LoweredReplica> lowered{toy_replica(1, toy, hooks)};
      const std::vector<LoweredReplica> plain{toy_replica(1, toy)};
      MemorySink first(lowered);
      Runner runner = toy_runner(std::move(lowered), options, first);
      const RunResult result = runner.run(stop, {});
      CHECK(result.stopped);
      CHECK(result.replicas[0].step == 51);
      CHECK_FALSE(result.replicas[0].failed);
      CHECK(first.steps(0, 0) == counted(1, 51));
      CHECK(first.commits.back().step == 51);

      MemorySink second(plain), whole(plain);
      run_toy(plain, options, second, {first.restored(0, first.commits.size() - 1)});
      run_toy(plain, options, whole);
      const auto a = first.deterministic_rows(0), b = second.deterministic_rows(0),
                 all = whole.deterministic_rows(0);
      for (std::size_t t = 0; t < all.size(); ++t) {
        auto joined = a[t];
        joined.insert(joined.end(), b[t].begin(), b[t].end());
        CHECK(joined == all[t]);
      }
      CHECK(second.commits.back().variables == whole.commits.back().variables);
    }
  }

  TEST_CASE("a flag set before the run leaves a commit of the start") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    Runner runner = toy_runner(std::move(lowered), {.steps = 10}, sink);
    const std::atomic<bool> stop{true};
    CHECK(runner.run(stop, {}).stopped);
    CHECK(sink.steps(0, 0).empty());
    REQUIRE(sink.commits.size() == 1);
    CHECK(sink.commits[0].step == 0);
  }

  TEST_CASE("a sink that fails ends the run with its error") {
    for (const char* where : {"rows", "commit", "samples", "flush"}) {
      for (const int threads : {1, 2}) {
        const ToyOptions toy{.evaluate_every = 30};
        std::vector<LoweredReplica> lowered{toy_replica(1, toy), toy_replica(2, toy)};
        MemorySink sink(lowered);
        int calls = 0, after = 0;
        sink.before = [&](const char* call) {
          if (calls > 0) ++after;
          if (std::string(call) == where && ++calls == 1) fail(Fault::output, "the disk is full");
        };
        CHECK_THROWS_WITH_AS(
            run_toy(std::move(lowered),
                    {.steps = 1'000'000'000, .threads = threads, .checkpoint_every = 30}, sink),
            "the disk is full", Error);
        CHECK(after == 0);
      }
    }
  }

  TEST_CASE("progress tells the last row of the first phase") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    Runner runner = toy_runner(std::move(lowered), {.steps = 60, .threads = 2}, sink);
    const std::atomic<bool> stop{false};
    std::vector<Progress> seen;
    runner.run(stop, [&](const Progress& p) { seen.push_back(p); });
    REQUIRE_FALSE(seen.empty());
    CHECK(seen.back().step == 60);
    CHECK(seen.back().steps == 60);
    REQUIRE(seen.back().values.size() == 5);
    CHECK(seen.back().values[1].first == "spread.p05");
    CHECK(seen.back().values[0].first == "loss");
    CHECK(seen.back().values[0].second == sink.column<float>(0, 0, 1).back());
  }

  TEST_CASE("every thread flushes denormals, the caller's mode comes back") {
    std::atomic<int> wrong{0}, seen{0};
    ToyHooks hooks;
    hooks.enter = [&](const std::string&, std::uint64_t, Step) {
      ++seen;
      if ((_mm_getcsr() & 0x8040u) != 0x8040u) ++wrong;
    };
    const unsigned before = _mm_getcsr();
    std::vector<LoweredReplica> lowered{toy_replica(1, {}, hooks), toy_replica(2, {}, hooks)};
    MemorySink sink(lowered);
    run_toy(std::move(lowered), {.steps = 60, .threads = 4}, sink);
    CHECK(seen > 0);
    CHECK(wrong == 0);
    CHECK((_mm_getcsr() & 0x8040u) == (before & 0x8040u));
  }

  TEST_CASE("node statistics count every visit") {
    std::vector<LoweredReplica> lowered{toy_replica(1), toy_replica(2)};
    MemorySink sink(lowered);
    const RunResult result = run_toy(std::move(lowered), {.steps = 30, .threads = 2}, sink);
    REQUIRE(result.nodes.size() == 10);
    CHECK(result.nodes[5].node == "critic_step");
    CHECK(result.nodes[5].count == 60);
    CHECK(result.nodes[7].node == "generator_step");
    CHECK(result.nodes[7].count == 20);
    CHECK(result.nodes[5].busy_seconds > 0);
    CHECK(result.nodes[5].p50_us <= result.nodes[5].p99_us);
    CHECK(result.nodes[9].node == "writer");
  }
}
