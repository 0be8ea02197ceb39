// Presets on a device that is not immediate: the CPU's bits.
#include "support/delayed_device.h"

#include <doctest/doctest.h>

#include "engine/run/runner.h"
#include "support/named_graph.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Trained run(const std::string& preset, const GraphSettings& settings, Step steps,
            const std::shared_ptr<const Device>& device) {
  ProgramCache cache;
  std::vector<LoweredReplica> lowered{lower(*composed(preset, settings), 3, cache, *device)};
  MemorySink sink(lowered);
  Runner runner(std::move(lowered),
                {.device = device, .steps = steps, .threads = 2, .checkpoint_every = steps / 2},
                sink);
  const RunResult result = runner.run(std::atomic<bool>{false}, {});
  CHECK_FALSE(result.replicas[0].failed);
  return sink.trained(0);
}

}  // namespace

TEST_SUITE("delayed device") {
  TEST_CASE("perceptrons and convolutional networks train to the CPU's bits") {
    const auto cpu = open_device("cpu"), other = delayed_device();
    const auto same = [&](const std::string& preset, const GraphSettings& settings, Step steps) {
      CAPTURE(preset);
      const Trained expected = run(preset, settings, steps, cpu);
      CHECK(run(preset, settings, steps, other) == expected);
    };
    same("thesis-28-sts", {.batch = 16, .evaluate_every = 5}, 20);
    same("toy-8gaussians", {.batch = 8, .values = {{"generator", "16x16"}, {"critic", "16x16"}}},
         20);
    same("guide-dcgan",
         {.batch = 4,
          .sample_every = 3,
          .data = "spheres",
          .values = {{"width", "2"}, {"latent", "4"}, {"spheres.side", "32"}}},
         6);
  }
}
