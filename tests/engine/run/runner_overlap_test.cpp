// What may run at the same time does: two stages that wait for each other inside their bodies can
// only both return if they overlap. And no step allocates.
#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "engine/run/runner.h"
#include "support/allocations.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Two visitors meet, or both give up after a time that only a failure needs.
class Rendezvous {
 public:
  void visit() {
    std::unique_lock lock(mutex_);
    ++here_;
    wake_.notify_all();
    wake_.wait_for(lock, std::chrono::seconds(10), [&] { return here_ >= 2; });
    if (here_ >= 2) ++met_;
  }
  bool met() const { return met_ == 2; }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  int here_ = 0, met_ = 0;
};

struct Visit {
  std::string node;
  Step step = 0;
  std::uint64_t seed = 1;
};

// Whether two visits overlap in a run on two threads.
bool overlap(const Visit& a, const Visit& b, const ToyOptions& toy = {},
             const std::string& trace = "") {
  Rendezvous rendezvous;
  ToyHooks hooks;
  hooks.enter = [&](const std::string& node, std::uint64_t seed, Step step) {
    for (const Visit& v : {a, b}) {
      if (v.node == node && v.step == step && v.seed == seed) rendezvous.visit();
    }
  };
  std::vector<LoweredReplica> lowered{toy_replica(1, toy, hooks), toy_replica(2, toy, hooks)};
  MemorySink sink(lowered);
  run_toy(std::move(lowered), {.steps = 18, .threads = 2, .trace = trace}, sink);
  return rendezvous.met();
}

// Of what only holds where stages run in the workers.
bool skipped(const std::string& why) {
  if (test_device()) MESSAGE("skipped on a device that is not immediate: " << why);
  return test_device() != nullptr;
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("data of a later step is prepared while a step runs") {
    CHECK(overlap({"critic_step", 2}, {"spheres", 4}));
  }

  TEST_CASE("the next fakes are generated while a step runs") {
    CHECK(overlap({"critic_step", 4}, {"generate", 5}));
  }

  TEST_CASE("independent step stages run side by side") {
    if (skipped("a slot has one queue")) return;
    CHECK(overlap({"score_real", 7}, {"score_fake", 7}));
  }

  TEST_CASE("replicas run side by side") {
    CHECK(overlap({"critic_step", 7, 1}, {"critic_step", 7, 2}));
  }

  TEST_CASE("an evaluation runs beside training") {
    // Evaluation of step 6, first of three calls.
    CHECK(overlap({"quality", 18}, {"critic_step", 8}, {.evaluate_every = 6}));
  }

  TEST_CASE("the trace holds the spans that overlapped") {
    if (skipped("spans are of what enqueues")) return;
    const auto path = std::filesystem::temp_directory_path() / "ganflow_runner_trace.json";
    REQUIRE(overlap({"critic_step", 4}, {"generate", 5}, {}, path.string()));
    std::ifstream file(path);
    const auto trace = nlohmann::json::parse(file);
    std::filesystem::remove(path);
    struct Track {
      double begin = 0, end = 0;
      int thread = -1;
    };
    const auto find = [&](const std::string& name, int occurrence) {
      Track found;
      for (const auto& e : trace["traceEvents"]) {
        if (e["name"] != name || e["args"]["occurrence"] != occurrence) continue;
        if (e["args"]["replica"] != 0) continue;
        CHECK(e["ph"] == "X");
        const double begin = e["ts"];
        const double duration = e["dur"];
        found = {begin, begin + duration, e["tid"]};
      }
      REQUIRE(found.thread >= 0);
      return found;
    };
    const Track step = find("critic_step", 4), fakes = find("generate", 5);
    CHECK(step.thread != fakes.thread);
    CHECK(step.begin < fakes.end);
    CHECK(fakes.begin < step.end);
    // Order within an occurrence.
    CHECK(find("spheres", 4).end <= find("sharpen", 4).begin);
    CHECK(find("sharpen", 4).end <= find("score_real", 4).begin);
    CHECK(find("score_real", 4).end <= step.begin);
    std::set<std::string> names, threads;
    for (const auto& e : trace["traceEvents"]) {
      if (e["ph"] == "M") threads.insert(e["args"]["name"].get<std::string>());
      names.insert(e["name"].get<std::string>());
    }
    CHECK(threads == std::set<std::string>{"worker 0", "worker 1", "writer"});
    for (const char* name : {"schedule", "writer", "generator_step", "noise2"}) {
      CHECK(names.count(name) == 1);
    }
  }

  TEST_CASE("a trace that cannot be written is refused before work starts") {
    std::atomic<int> visits{0};
    ToyHooks hooks;
    hooks.enter = [&](const std::string&, std::uint64_t, Step) { ++visits; };
    std::vector<LoweredReplica> lowered{toy_replica(1, {}, hooks)};
    MemorySink sink(lowered);
    CHECK_THROWS_WITH_AS(run_toy(lowered, {.steps = 3, .trace = "/no/such/place.json"}, sink),
                         "trace file '/no/such/place.json' cannot be written: No such file or "
                         "directory; name another file",
                         Error);
    CHECK(visits == 0);
  }

  // Was: what a link of the trace's name led to was overwritten.
  TEST_CASE("a trace takes the place of a link and does not follow it") {
    namespace fs = std::filesystem;
    const fs::path outside = fs::temp_directory_path() / "ganflow_outside.json",
                   trace = fs::temp_directory_path() / "ganflow_linked_trace.json";
    std::ofstream(outside) << "mine";
    fs::remove(trace);
    fs::create_symlink(outside, trace);
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    run_toy(lowered, {.steps = 3, .trace = trace.string()}, sink);
    CHECK_FALSE(fs::is_symlink(trace));
    CHECK(fs::file_size(trace) > 100);
    CHECK(fs::file_size(outside) == 4);
    fs::remove(trace);
    fs::remove(outside);
  }

  TEST_CASE("a step allocates nothing after warm-up" * doctest::skip(!test::kCountsAllocations)) {
    if (skipped("its queues allocate")) return;
    struct PerThread {
      int run = 0;
      std::uint64_t last = 0;
    };
    static thread_local PerThread mine;
    static int runs = 0;
    for (const int threads : {1, 2}) {
      CAPTURE(threads);
      ++runs;
      std::atomic<std::uint64_t> allocated{0}, visits{0};
      ToyHooks hooks;
      hooks.enter = [&](const std::string&, std::uint64_t, Step step) {
        if (step < 300) return;
        const std::uint64_t now = allocations();
        if (mine.run == runs) allocated += now - mine.last;
        mine = {runs, now};
        ++visits;
      };
      std::vector<LoweredReplica> lowered{toy_replica(1, {}, hooks), toy_replica(2, {}, hooks)};
      MemorySink sink(lowered);
      run_toy(std::move(lowered),
              {.steps = 1300, .threads = threads, .checkpoint_every = 100, .records = 16}, sink);
      CHECK(visits >= 2 * 1000 * 6);
      CHECK(allocated == 0);
    }
  }
}
