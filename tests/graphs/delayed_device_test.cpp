// Presets on a device that is not immediate: the CPU's bits, one occurrence a trip; its numbers
// within rounding and at most eight calls a macro-iteration, several occurrences a trip.
#include "support/delayed_device.h"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "engine/run/runner.h"
#include "support/image_files.h"
#include "support/named_graph.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Run {
  std::vector<std::string> trips;  // their programs
  int sources = 0;                 // that the host fills batches of
  std::uint64_t hash = 0;
  std::vector<std::vector<double>> columns;  // of the phases' tables
  Trained trained;
  Restored end;
};

// From the beginning, or from a commit of another run.
Run run(const std::string& preset, const GraphSettings& settings, Step steps,
        const std::shared_ptr<const Device>& device,
        const std::optional<Restored>& from = std::nullopt) {
  ProgramCache cache;
  std::vector<LoweredReplica> lowered{lower(*composed(preset, settings), 3, cache, *device)};
  Run made{.hash = lowered[0].hash};
  for (const LoweredTrip& trip : lowered[0].trips) {
    made.trips.push_back(trip.stages.back().name);
    for (const LoweredStage& stage : trip.stages) made.sources += stage.source != nullptr;
  }
  const std::vector<Table> tables = lowered[0].tables;
  const std::size_t phases = lowered[0].phases.size();
  MemorySink sink(lowered);
  Runner runner(std::move(lowered),
                {.device = device, .steps = steps, .threads = 2, .checkpoint_every = steps / 2},
                sink, {from});
  const RunResult result = runner.run(std::atomic<bool>{false}, {});
  INFO(result.replicas[0].message);
  CHECK_FALSE(result.replicas[0].failed);
  for (std::size_t t = 0; t < phases; ++t) {
    const auto steps_of_rows = sink.column<std::int64_t>(0, static_cast<int>(t), 0);
    made.columns.emplace_back(steps_of_rows.begin(), steps_of_rows.end());
    for (std::size_t c = 1; c < tables[t].columns().size(); ++c) {
      const auto values = sink.column<float>(0, static_cast<int>(t), static_cast<int>(c));
      made.columns.emplace_back(values.begin(), values.end());
    }
  }
  made.trained = sink.trained(0);
  made.end = sink.restored(0, sink.commits_of(0).size() - 1);
  return made;
}

// Largest difference over the largest magnitude of each column.
double distance(const Run& a, const Run& b) {
  REQUIRE(a.columns.size() == b.columns.size());
  double worst = 0;
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    REQUIRE(a.columns[c].size() == b.columns[c].size());
    double difference = 0, most = 1e-6;
    for (std::size_t i = 0; i < a.columns[c].size(); ++i) {
      difference = std::max(difference, std::abs(a.columns[c][i] - b.columns[c][i]));
      most = std::max(most, std::abs(a.columns[c][i]));
    }
    worst = std::max(worst, difference / most);
  }
  return worst;
}

}  // namespace

TEST_SUITE("delayed device") {
  TEST_CASE("perceptrons and convolutional networks train to the CPU's bits") {
    const auto cpu = open_device("cpu"), other = delayed_device();
    const auto same = [&](const std::string& preset, const GraphSettings& settings, Step steps) {
      CAPTURE(preset);
      const Trained expected = run(preset, settings, steps, cpu).trained;
      CHECK(run(preset, settings, steps, other).trained == expected);
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

  TEST_CASE("occurrences that are joined train as one by one, with few calls to the device" *
            doctest::test_suite("exhaustive")) {
    const auto calls = std::make_shared<std::atomic<std::uint64_t>>(0);
    const auto cpu = open_device("cpu");
    const auto joining = delayed_device({.programs_per_launch = 8, .calls = calls});
    const auto same = [&](const std::string& preset, const GraphSettings& settings, Step steps,
                          const std::string& trips, std::uint64_t macros) {
      CAPTURE(preset);
      const Run expected = run(preset, settings, steps, cpu);
      const Run joined = run(preset, settings, steps, joining);
      CHECK(joined.hash == expected.hash);
      CHECK(fmt::format("{}", fmt::join(joined.trips, " ")) == trips);
      CHECK(distance(joined, expected) < 2e-3);
      if (macros == 0) return;
      // What twice as long a run calls more, without the commits, which are two in both.
      *calls = 0;
      run(preset, settings, steps, joining);
      const std::uint64_t once = *calls;
      *calls = 0;
      run(preset, settings, 2 * steps, joining);
      CHECK((*calls - once + macros / 2) / macros <= 8);
    };
    const std::string perceptron = "critic_step_x5_generator_step";
    same("thesis-28-sts", {.batch = 16, .evaluate_every = 0, .sample_every = 0}, 20, perceptron, 4);
    same("thesis-28", {.batch = 16, .evaluate_every = 20, .sample_every = 20}, 20, perceptron, 0);
    same("toy-8gaussians",
         {.batch = 8,
          .evaluate_every = 0,
          .sample_every = 0,
          .values = {{"generator", "16x16"}, {"critic", "16x16"}}},
         20, perceptron, 4);
    // 50 critic steps at the beginning, then 5.
    same("guide-wgan",
         {.batch = 4,
          .evaluate_every = 0,
          .sample_every = 0,
          .data = cifar_data(),
          .values = {{"width", "2"}, {"latent", "4"}, {"n_critic.schedule", "notebook"}}},
         20, "critic_step_x8 critic_step_x4 critic_step_x2 critic_step generator_step", 0);
  }

  TEST_CASE("sets that the device keeps train to the bits of batches that the host fills" *
            doctest::test_suite("exhaustive")) {
    const auto fills = delayed_device({.programs_per_launch = 8});
    const auto keeps = delayed_device({.programs_per_launch = 8, .resident_bytes = 1 << 26});
    const auto same = [&](const std::string& preset, const GraphSettings& settings, Step steps) {
      CAPTURE(preset);
      const Run expected = run(preset, settings, 2 * steps, fills);
      const Run half = run(preset, settings, steps, fills);
      const Run kept = run(preset, settings, steps, keeps);
      CHECK(expected.sources > 0);
      CHECK(kept.sources == 0);
      CHECK(kept.hash == expected.hash);
      CHECK(kept.trained == half.trained);
      // A run goes on either way.
      CHECK(run(preset, settings, 2 * steps, keeps, half.end).trained.commits.back() ==
            expected.trained.commits.back());
      CHECK(run(preset, settings, 2 * steps, fills, kept.end).trained.commits.back() ==
            expected.trained.commits.back());
    };
    same("thesis-28-sts", {.batch = 16, .evaluate_every = 10, .sample_every = 10}, 10);
    same("toy-swissroll",
         {.batch = 8,
          .evaluate_every = 0,
          .sample_every = 0,
          .values = {{"generator", "16x16"}, {"critic", "16x16"}}},
         10);
    same("guide-wgan",
         {.batch = 4,
          .evaluate_every = 0,
          .sample_every = 0,
          .data = cifar_data(),
          .values = {{"width", "2"}, {"latent", "4"}}},
         10);
  }

  TEST_CASE("a set above what the device may keep is filled by the host") {
    const auto keeps = delayed_device({.programs_per_launch = 8, .resident_bytes = 1000});
    const GraphSettings small{.batch = 16, .evaluate_every = 0, .sample_every = 0};
    CHECK(run("thesis-28-sts", small, 5, keeps).sources > 0);  // a template of 55 x 55 numbers
    CHECK(run("thesis-1d", small, 5, keeps).sources == 0);     // two numbers
  }

  TEST_CASE("as many trips are under way as the device takes, with the bits of one") {
    std::optional<Trained> expected;
    for (const int trips : {1, 3}) {
      CAPTURE(trips);
      const auto most = std::make_shared<std::atomic<int>>(0);
      const auto device = delayed_device({.most_microseconds = 500,
                                          .programs_per_launch = 8,
                                          .trips_in_flight = trips,
                                          .resident_bytes = 1 << 20,
                                          .most_under_way = most});
      // A macro-iteration is one program here, and nothing else runs.
      const Run made =
          run("thesis-28-sts", {.batch = 8, .evaluate_every = 0, .sample_every = 0}, 100, device);
      CHECK(made.trips.size() == 1);
      CHECK(most->load() == trips);
      if (!expected) expected = made.trained;
      CHECK(made.trained == *expected);
    }
  }
}
