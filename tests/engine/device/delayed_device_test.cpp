// The flow graph on a device that is not immediate. All tests of tests/engine/run run on it, too
// (ctest: delayed); here it is held against the CPU, and against itself with a promise broken.
#include "support/delayed_device.h"

#include <doctest/doctest.h>

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
