// Training on the CUDA backend over a recorded driver: presets from their text, whatever order the
// graph's edges allow, and a GPU that fails in the middle of a run.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/cuda/driver/device.h"
#include "engine/error.h"
#include "engine/run/runner.h"
#include "support/named_graph.h"
#include "support/recorded_driver.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Preset {
  std::string name;
  GraphSettings settings;
  Step steps = 0;
};

struct Run {
  Trained trained;
  std::vector<float> objective;
  Restored middle;  // the state at half of the steps
};

Run run(const Preset& preset, const std::shared_ptr<const Device>& device,
        const std::optional<Restored>& from = {}) {
  ProgramCache cache;
  std::vector<LoweredReplica> lowered{
      lower(*composed(preset.name, preset.settings), 3, cache, *device)};
  MemorySink sink(lowered);
  Runner runner(
      std::move(lowered),
      {.device = device, .steps = preset.steps, .threads = 2, .checkpoint_every = preset.steps / 2},
      sink, from ? std::vector{from} : std::vector<std::optional<Restored>>{});
  const RunResult result = runner.run(std::atomic<bool>{false}, {});
  CHECK_MESSAGE(!result.replicas[0].failed, result.replicas[0].message);
  CHECK(sink.violations.empty());
  return {sink.trained(0), sink.column<float>(0, 0, 1), sink.restored(0, 0)};
}

void close(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(a[i] - b[i]) <= 1e-3 * std::max(1.0f, std::abs(b[i])));
  }
}

void close(const Trained& a, const Trained& b) {
  REQUIRE(a.commits.size() == b.commits.size());
  for (std::size_t c = 0; c < a.commits.size(); ++c)
    for (const auto& [name, values] : a.commits[c]) {
      CAPTURE(name);
      close(values, b.commits[c].at(name));
    }
  REQUIRE(a.pictures.size() == b.pictures.size());
  for (std::size_t p = 0; p < a.pictures.size(); ++p) close(a.pictures[p], b.pictures[p]);
}

}  // namespace

TEST_SUITE("cuda training") {
  // Most of its time is the compiler's, which emulates NVRTC.
  TEST_CASE("presets train as on the CPU, to the same bits in every order, and change devices" *
            doctest::test_suite("exhaustive")) {
    const TemporaryDirectory cache;
    const auto gpu = [&](std::uint64_t seed) {
      record_driver({.seed = seed});
      return cuda::make_device(recorded_driver(), recorded_nvrtc(), &recorded_cudnn, 0,
                               cache / "kernels");
    };
    for (const Preset& preset :
         {Preset{"thesis-28-sts", {.batch = 16, .evaluate_every = 5, .sample_every = 4}, 10},
          Preset{"toy-8gaussians",
                 {.batch = 8, .values = {{"generator", "16x16"}, {"critic", "16x16"}}},
                 10},
          // Its emulated evaluations would take minutes; those of the perceptrons are the same
          // mechanism.
          Preset{"mu-mnist-sgp",
                 {.batch = 3,
                 .evaluate_every = 0,
                 .sample_every = 0,
                 .data = "spheres",
                 .values = {{"width", "4"}}},
                 10}}) {
      CAPTURE(preset.name);
      const Run cpu = run(preset, open_device("cpu"));
      const Run first = run(preset, gpu(1));
      CHECK(not_given_back().empty());
      close(first.objective, cpu.objective);
      close(first.trained, cpu.trained);
      for (const std::uint64_t seed : {2, 3})
        CHECK(run(preset, gpu(seed)).trained == first.trained);

      // From the GPU's checkpoint on the CPU, and back.
      const Run on_cpu = run(preset, open_device("cpu"), first.middle);
      CHECK(on_cpu.objective.size() == first.objective.size() / 2);
      close(on_cpu.trained.commits.back().begin()->second,
            cpu.trained.commits.back().begin()->second);
      const Run resumed = run(preset, gpu(4), first.middle);
      CHECK(resumed.trained.commits.back() == first.trained.commits.back());
    }
  }

  TEST_CASE("a macro-iteration is at most eight calls that enqueue something") {
    const TemporaryDirectory cache;
    const auto calls = [&](Step steps) {
      record_driver({});
      run({"thesis-28-sts", {.batch = 16, .evaluate_every = 0, .sample_every = 0}, steps},
          cuda::make_device(recorded_driver(), recorded_nvrtc(), &recorded_cudnn, 0,
                            cache / "kernels"));
      int all = 0;
      for (const char* function :
           {"cuMemcpyAsync", "cuGraphLaunch", "cuEventRecord", "cuStreamWaitEvent"})
        all += recorded_count(function);
      CHECK(recorded_count("cuEventCreate") < 30);
      return all;
    };
    // Of 40 critic updates, 8 macro-iterations, and of 80: both commit twice.
    const int once = calls(40);
    CHECK((calls(80) - once + 7) / 8 <= 8);
  }

  TEST_CASE("a GPU that fails ends its replicas in one sentence; what is committed is good") {
    const auto train = [](RunResult& result) {
      const auto device = recorded_device();
      std::vector<LoweredReplica> lowered;
      for (const std::uint64_t seed : {1, 2})
        lowered.push_back(toy_replica(seed, {.evaluate_every = 4}));
      lowered = lowered_for(device->name(), std::move(lowered), &recorded);
      MemorySink sink(lowered);
      {
        Runner runner(std::move(lowered),
                      {.device = device, .steps = 40, .threads = 2, .checkpoint_every = 8}, sink);
        result = runner.run(std::atomic<bool>{false}, {});
      }
      CHECK(sink.violations.empty());
      return std::pair{sink.trained(0), sink.trained(1)};
    };
    record_driver({});
    RunResult whole;
    const auto good = train(whole);
    CHECK_FALSE(whole.replicas[0].failed);
    const auto begins = [](const Trained& part, const Trained& all) {
      REQUIRE(part.commits.size() <= all.commits.size());
      for (std::size_t c = 0; c < part.commits.size(); ++c)
        CHECK(part.commits[c] == all.commits[c]);
      for (std::size_t t = 0; t < part.rows.size(); ++t) {
        REQUIRE(part.rows[t].size() <= all.rows[t].size());
        CHECK(std::equal(part.rows[t].begin(), part.rows[t].end(), all.rows[t].begin()));
      }
    };
    int failures = 0;
    for (const char* function :
         {"cuGraphLaunch", "cuMemcpyAsync", "cuEventRecord", "cuEventQuery", "cuStreamWaitEvent"})
      for (const CUresult failure : {CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_ERROR_OUT_OF_MEMORY})
        for (const int call : {60, 61, 100, 150}) {
          CAPTURE(function);
          CAPTURE(call);
          record_driver({.failing = function, .failing_call = call, .failure = failure});
          RunResult result;
          const auto left = train(result);
          const bool reached = recorded_count(function) >= call;
          failures += reached;
          CHECK(not_given_back().empty());
          begins(left.first, good.first);
          begins(left.second, good.second);
          for (const ReplicaResult& replica : result.replicas) {
            if (!replica.failed) continue;  // it had ended before
            CHECK(replica.message.find("cuda:0 (recorded GPU) failed while ") != std::string::npos);
            CHECK(replica.message.find('\n') == std::string::npos);
          }
          CHECK((result.replicas[0].failed || result.replicas[1].failed) == reached);
        }
    CHECK(failures >= 30);
  }
}
