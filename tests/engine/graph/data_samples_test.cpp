// Samples and metrics of generators that are fed by data: image to image, super-resolution.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "engine/run/runner.h"
#include "ops/metrics/held_out.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
#include "ops/sources/memory_set.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Bytes 1 to 200 over 255, label 0 for the odd ones.
MemorySet numbers() {
  MemorySet set{.name = "numbers", .item = {1}, .axes = "P"};
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> labels;
  for (int i = 1; i <= 200; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i));
    labels.push_back(static_cast<std::uint16_t>(i % 2 == 0));
  }
  set.bytes = std::make_shared<const std::vector<std::uint8_t>>(bytes);
  set.labels = std::make_shared<const std::vector<std::uint16_t>>(labels);
  set.classes = 2;
  return set;
}

// y = w x, w learns 2.
struct Doubling {
  Network network;
  Port x, y;
  explicit Doubling(Graph& g) {
    network = g.network("T", [](Formula& f, Value x) {
      const auto zero = [](std::uint64_t, std::uint32_t, std::span<double> out) {
        std::ranges::fill(out, 0.0);
      };
      return matmul(x, f.variable("w", {1, 1}, Keep::parameter, zero));
    });
    x = g.add("set", numbers());
    y = g.add(
        "double", [n = network](Formula& f, Value v) { return n(f, v); }, x);
    const Port loss = g.add(
        "loss", [](Formula&, Value y, Value v) { return mean(square(y - 2.0 * v)); }, y, x);
    g.phase("fit", 1).minimize("fit_step", loss, network, Sgd{.lr = 0.5});
  }
};

struct Ran {
  std::vector<LoweredReplica> replicas;
  MemorySink sink;
};
Ran ran(const Graph& g, Step steps, int threads = 2) {
  ProgramCache cache;
  std::vector<LoweredReplica> replicas{lower(g, 3, cache)};
  Ran r{replicas, MemorySink(replicas)};
  run_toy(std::move(replicas), {.steps = steps, .threads = threads}, r.sink);
  return r;
}

}  // namespace

TEST_SUITE("graph") {
  // Was: "samples cannot be drawn through it": no image-to-image, no super-resolution.
  TEST_CASE("samples are made of items of a source, the same ones at every step") {
    Graph g("test", {.batch = 8});
    const Doubling d(g);
    g.sample("pairs",
             g.add(
                 "pair",
                 [](Formula&, Value x, Value y) {
                   return concat({x, y}, 1);
                 },
                 d.x, d.y),
             {.channels = 0}, every(20), 16);
    std::vector<std::vector<float>> pictures;
    for (const int threads : {1, 3}) {
      const Ran r = ran(g, 40, threads);
      REQUIRE(r.sink.pictures.size() == 2);
      const auto &early = r.sink.pictures[0].data, &late = r.sink.pictures[1].data;
      REQUIRE(late.size() == 32);
      std::set<float> items;
      for (std::size_t i = 0; i < 32; i += 2) {
        CHECK(early[i] == late[i]);
        CHECK(late[i + 1] == doctest::Approx(2 * late[i]).epsilon(0.02));
        CHECK(early[i + 1] < late[i + 1]);
        const float byte = 255 * late[i];
        CHECK(byte == doctest::Approx(std::round(byte)));
        items.insert(late[i]);
      }
      CHECK(items.size() == 16);  // of one epoch
      pictures.push_back(late);
      // A checkpoint gives them again, and other draws give other items.
      const LoweredEvaluation& e = r.replicas[0].evaluations[0];
      const Restored state = r.sink.restored(0, r.sink.commits.size() - 1);
      const Device& cpu = *open_device("cpu");
      CHECK(generate(r.replicas[0], e, state, 16, 0, cpu) == late);
      CHECK_FALSE(generate(r.replicas[0], e, state, 16, 1, cpu) == late);
    }
    CHECK(pictures[0] == pictures[1]);
  }

  TEST_CASE("a metric measures what a network makes of data, of draws of its own") {
    Graph g("test", {.batch = 8});
    const Doubling d(g);
    const auto error = [](Formula&, Value x, Value y) { return square(y - 2.0 * x); };
    g.evaluate("error", HeldOut{.columns = {{"square", "1", ""}}, .samples = 50},
               g.add("error_of", error, d.x, d.y), every(20));
    const Ran r = ran(g, 40);
    const auto square = r.sink.column<double>(0, 1, 1);
    REQUIRE(square.size() == 2);
    CHECK(square[0] > 0);
    CHECK(square[1] < 0.1 * square[0]);
  }

  TEST_CASE("a source and its further outputs can be kept by themselves") {
    Graph g("test", {.batch = 8});
    const Doubling d(g);
    g.dump("items", d.x, every(10), 12);
    g.dump("labels", d.x.output("label"), every(10), 12);
    const Ran r = ran(g, 10);
    const Restored state = r.sink.restored(0, 0);
    const auto kept = [&](std::size_t e) {
      CHECK_FALSE(r.replicas[0].evaluations[e].picture.drawn);
      return generate(r.replicas[0], r.replicas[0].evaluations[e], state, 12, 0,
                      *open_device("cpu"));
    };
    for (const float x : kept(0)) CHECK((x > 0 && x <= 200 / 255.f));
    const std::vector<float> labels = kept(1);
    CHECK(std::ranges::count(labels, 0.f) + std::ranges::count(labels, 1.f) == 12);
    CHECK(r.replicas[0].evaluations[1].row == Shape{});
  }

  TEST_CASE("what a phase drew and what a set lacks cannot be sampled") {
    const auto refused = [](Extent n, bool again) {
      return error_of([&] {
        Graph g("test", {.batch = 8});
        const Doubling d(g);
        const Port x = again ? g.again("last", d.x) : d.x;
        g.dump("kept", x, every(10), n);
        ProgramCache cache;
        lower(g, 0, cache);
      });
    };
    CHECK(refused(8, true) ==
          "2 last (MemorySet): evaluation 'kept' has no step whose draws these were; let it read "
          "'set' itself");
    CHECK(refused(201, false) ==
          "2 set (MemorySet): evaluation 'kept' draws 201 items at a time, the set has 200");
    CHECK(refused(200, false).empty());
  }
}
