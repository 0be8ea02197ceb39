// The flow graph on a device that is not immediate. All tests of tests/engine/run run on it, too
// (ctest: delayed); here it is held against the CPU, and against itself with a promise broken.
#include "support/delayed_device.h"

#include <doctest/doctest.h>

#include <cmath>
#include <tuple>

#include "engine/error.h"
#include "engine/run/runner.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

const ToyOptions kToy{.critic = [](std::uint64_t macro) { return macro < 4 ? 5 : 2; },
                      .evaluate_every = 4};

struct TrainedPair {
  std::vector<Trained> replicas;
  bool failed = false;
  bool operator==(const TrainedPair&) const = default;
};

TrainedPair run(const std::shared_ptr<const Device>& device, int threads = 2) {
  std::vector<LoweredReplica> lowered{toy_replica(11, kToy), toy_replica(12, kToy)};
  if (!device->immediate()) lowered = delayed(std::move(lowered));
  MemorySink sink(lowered);
  const RunnerOptions options{
      .device = device, .steps = 30, .threads = threads, .checkpoint_every = 4};
  Runner runner(std::move(lowered), options, sink);
  const RunResult result = runner.run(std::atomic<bool>{false}, {});
  CHECK(sink.violations.empty());
  return {{sink.trained(0), sink.trained(1)},
          result.replicas[0].failed || result.replicas[1].failed};
}

}  // namespace

TEST_SUITE("delayed device") {
  TEST_CASE("a run has the CPU's bits, whatever the delays") {
    const TrainedPair expected = run(open_device("cpu"));
    CHECK_FALSE(expected.failed);
    for (const std::uint64_t seed : {1, 2, 3})
      for (const int threads : {1, 4})
        CHECK(run(delayed_device({.seed = seed, .most_microseconds = 60}), threads) == expected);
    CHECK(run(delayed_device({.most_microseconds = 0})) == expected);
    for (const int trips : {2, 3})
      for (const int threads : {1, 4})
        CHECK(run(delayed_device({.most_microseconds = 60, .trips_in_flight = trips}), threads) ==
              expected);
  }

  TEST_CASE("of a replica that fails in one trip nothing later is kept, however far it ran ahead") {
    const auto fails = [](const std::shared_ptr<const Device>& device) {
      ToyHooks hooks;
      hooks.loss = [](std::uint64_t, Step step, float loss) { return step == 17 ? NAN : loss; };
      std::vector<LoweredReplica> lowered{toy_replica(11, kToy, hooks)};
      if (!device->immediate()) lowered = delayed(std::move(lowered));
      MemorySink sink(lowered);
      Runner runner(std::move(lowered), {.device = device, .steps = 60, .checkpoint_every = 4},
                    sink);
      const ReplicaResult result = runner.run(std::atomic<bool>{false}, {}).replicas[0];
      CHECK(result.failed);
      return std::tuple(result.message, result.step, sink.steps(0, 0), sink.trained(0),
                        sink.commits_of(0).size());
    };
    const auto expected = fails(open_device("cpu"));
    CHECK(std::get<0>(expected) ==
          "node 'critic_step' replica 0 step 18: the loss is not finite (nan); the last good "
          "checkpoint is step 15");
    CHECK(std::get<2>(expected).back() == 17);
    CHECK(fails(delayed_device({.trips_in_flight = 3})) == expected);
  }

  TEST_CASE("replicas lowered for another device are refused") {
    std::vector<LoweredReplica> lowered{toy_replica(1)};
    MemorySink sink(lowered);
    CHECK_THROWS_WITH_AS(Runner(lowered, {.device = delayed_device(), .steps = 1}, sink),
                         "a replica was lowered for device 'cpu' and is run on 'delayed'", Error);
  }

  TEST_CASE("a transfer, an order between queues or a mark that is missing reaches the results") {
    const TrainedPair expected = run(open_device("cpu"));
    for (const Broken broken :
         {Broken::uploads, Broken::downloads, Broken::order_between_queues, Broken::marks}) {
      CAPTURE(static_cast<int>(broken));
      CHECK_FALSE(run(delayed_device({.most_microseconds = 400, .broken = broken})) == expected);
    }
  }
}
