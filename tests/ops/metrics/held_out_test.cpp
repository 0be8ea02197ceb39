// Measures of a held-out set: the items of a source reach an evaluation, each one once and the same
// ones at every step, with their labels.
#include "ops/metrics/held_out.h"

#include <doctest/doctest.h>

#include <array>

#include "engine/graph/lower.h"
#include "engine/program/concat.h"
#include "engine/run/evaluation.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"
#include "ops/sources/memory_set.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// n items of two pixels, 7 i and 7 i + 3 modulo 256, with the labels i modulo 5.
MemorySet numbered(int n, bool in_order = true) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>();
  auto labels = std::make_shared<std::vector<std::uint16_t>>();
  for (int i = 0; i < n; ++i) {
    bytes->push_back(static_cast<std::uint8_t>(7 * i));
    bytes->push_back(static_cast<std::uint8_t>(7 * i + 3));
    labels->push_back(static_cast<std::uint16_t>(i % 5));
  }
  return {.name = "numbered",
          .bytes = bytes,
          .item = {2},
          .axes = "P",
          .labels = labels,
          .classes = 5,
          .in_order = in_order};
}

// (pixels, label) of each item: (N,2), (N) -> (N,3).
Value pixels_and_label(Formula&, Value x, Value label) {
  return concat(std::array{x, reshape(label, {label.rows(), 1})}, 1);
}

std::string refused(const HeldOut& metric, int items) {
  return error_of([&] {
    Graph g("g", {.batch = 2});
    const Port x = g.add("set", numbered(items));
    g.evaluate("test", metric, x, every(1));
    ProgramCache cache;
    lower(g, 0, cache, *open_device("cpu"));
  });
}

}  // namespace

TEST_SUITE_BEGIN("metrics");

TEST_CASE("held-out means are those of the whole set at every step, labels included") {
  // 600 items are two calls of 250 and a part of one.
  const int n = 600;
  Graph g("g", {.batch = 8});
  const Port x = g.add("set", numbered(n));
  const HeldOut metric{.columns = {{"first", "1", ""}, {"second", "1", ""}, {"label", "1", ""}},
                       .samples = n};
  g.evaluate("test", metric, g.add("join", pixels_and_label, x, x.output("label")), every(1));
  ProgramCache cache;
  const Device& cpu = *open_device("cpu");
  const LoweredReplica replica = lower(g, 3, cache, cpu);
  double first = 0, second = 0, label = 0;
  for (int i = 0; i < n; ++i) {
    first += double{static_cast<float>(7 * i % 256 / 255.0)} / n;
    second += double{static_cast<float>((7 * i + 3) % 256 / 255.0)} / n;
    label += i % 5 / static_cast<double>(n);
  }
  for (const Step step : {0, 1, 17}) {
    const std::vector<double> means = measure_samples(
        replica, replica.evaluations[0], {.step = step, .counters = {}, .variables = {}}, cpu);
    REQUIRE(means.size() == 3);
    CHECK(means[0] == doctest::Approx(first).epsilon(1e-12));
    CHECK(means[1] == doctest::Approx(second).epsilon(1e-12));
    CHECK(means[2] == doctest::Approx(label).epsilon(1e-12));
  }
}

TEST_CASE("a graph that only measures is not trained") {
  Graph g("g", {.batch = 2});
  g.evaluate("test", HeldOut{.columns = {{"a", "1", ""}, {"b", "1", ""}}, .samples = 4},
             g.add("set", numbered(10)), every(1));
  ProgramCache cache;
  std::vector<LoweredReplica> replicas{lower(g, 0, cache, *open_device("cpu"))};
  MemorySink sink(replicas);
  CHECK(error_of([&] { run_toy(std::move(replicas), {.steps = 1}, sink); }) ==
        "2 the graph has no phase: it measures, but there is nothing to train");
}

TEST_CASE("other items held out are another graph, as other data of a phase are") {
  const auto hash = [](int items) {
    Graph g("g", {.batch = 2});
    g.evaluate("test", HeldOut{.columns = {{"a", "1", ""}, {"b", "1", ""}}, .samples = 4},
               g.add("set", numbered(items)), every(1));
    ProgramCache cache;
    return lower(g, 0, cache, *open_device("cpu")).hash;
  };
  CHECK(hash(10) == hash(10));
  CHECK(hash(10) != hash(11));
}

TEST_CASE("held-out means: refusals") {
  const std::vector<MetricColumn> two{{"a", "1", ""}, {"b", "1", ""}};
  CHECK(refused({.columns = {}, .samples = 4}, 10) ==
        "2 held_out: it has no column, name at least one");
  CHECK(refused({.columns = two, .samples = 0}, 10) ==
        "2 held_out: samples is 0, it must be at least 1");
  CHECK(refused({.columns = two, .samples = 20}, 10) ==
        "2 set (MemorySet): evaluation 'test' draws 20 items at a time, the set has 10");
}
