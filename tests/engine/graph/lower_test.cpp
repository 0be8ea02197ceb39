// What lowering makes of evaluations, and which compiled programs replicas share.
#include "engine/graph/lower.h"

#include <doctest/doctest.h>

#include "engine/program/builder.h"
#include "engine/program/leaves.h"
#include "ops/layers/forward.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
#include "ops/sources/noise.h"
#include "support/delayed_device.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Nothing {
  Extent n = 0;
  struct Open final : Metric {
    explicit Open(Extent count) : n(count) {}
    Extent n;
    std::vector<MetricColumn> columns() const override { return {{"zero", "1", "always"}}; }
    Extent samples() const override { return n; }
    std::vector<double> measure(const Measurement&) const override { return {0}; }
  };
  std::shared_ptr<const Metric> open() const { return std::make_shared<Open>(n); }
};

void compose(Graph& g) {
  const Network G = g.network("G", layers({Linear{.out = 2}}));
  g.phase("generator", 1)
      .minimize("generator_step",
                mean(mean(g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2})))), G,
                Sgd{});
}

Port shown(Graph& g) { return g.add("shown", Normal{.dim = 2}); }

}  // namespace

TEST_SUITE("lower") {
  // Was: the rows of whole calls were written, and a row of a picture was cut where a call ended.
  TEST_CASE("an evaluation makes the samples asked for, a row of a picture in one call") {
    Graph g("test", {.batch = 4});
    compose(g);
    g.sample("plain", shown(g), {.channels = 0}, every(1), 270);
    g.sample("paths", g.add("path", Normal{.dim = 2}), {.channels = 0, .columns = 45}, every(1),
             270);
    g.sample("few", g.add("fewer", Normal{.dim = 2}), {.channels = 0, .columns = 45}, every(1),
             100);
    ProgramCache cache;
    const LoweredReplica replica = lower(g, 1, cache);
    const auto is = [&](std::size_t i, Extent n, Extent rows, Extent calls) {
      const LoweredEvaluation& e = replica.evaluations[i];
      CAPTURE(e.name);
      CHECK(e.samples == n);
      CHECK(e.rows == rows);
      CHECK(e.calls == calls);
    };
    is(0, 270, 250, 2);
    is(1, 270, 225, 2);
    is(2, 100, 100, 1);
  }

  // Was: a division by zero ended the process.
  TEST_CASE("no samples are refused when they are added") {
    Graph g("test", {.batch = 4});
    compose(g);
    const Port port = shown(g);
    CHECK(error_of([&] { g.sample("samples", port, {.channels = 0}, every(1), 0); }) ==
          "2 samples: n is 0, it must be at least 1");
    CHECK(error_of([&] { g.evaluate("nothing", Nothing{}, port, every(1)); }) ==
          "2 nothing (Nothing): samples is 0, it must be at least 1");
  }

  // Was: the first options that a program was compiled with served all, on any device.
  TEST_CASE("a compiled program is shared by those who ask for the same options and device") {
    Builder b;
    const Value x = input(b, "x", {{4, 3}});
    output(b, "y", exp(x) * x - x);
    ProgramCache cache;
    const auto cpu = open_device("cpu"), other = delayed_device();
    const auto plain = cache.get(*cpu, b.program(), {});
    const auto unfused = cache.get(*cpu, b.program(), {.fuse = false});
    const auto elsewhere = cache.get(*other, b.program(), {});
    CHECK(cache.get(*cpu, b.program(), {}) == plain);
    CHECK(cache.get(*cpu, b.program(), {.fuse = false}) == unfused);
    CHECK(cache.get(*other, b.program(), {}) == elsewhere);
    CHECK(plain != unfused);
    CHECK(plain != elsewhere);
    CHECK(plain->report().kernels < unfused->report().kernels);
  }
}
