// The files of docs/extend, as docs/extend.md quotes them (tests/docs.py): each does what it says.
#include <doctest/doctest.h>
#include <ganflow/ganflow.h>

#include <cmath>
#include <numbers>

#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "engine/run/runner.h"
#include "engine/tensor/philox.h"
#include "ops/primitives/elementwise.h"
#include "support/gradient_check.h"
#include "support/run_example.h"
#include "support/test_formula.h"
#include "support/toy_flow.h"

namespace extend_source {
#include "docs/extend/source.cpp"
}
namespace extend_metric {
#include "docs/extend/metric.cpp"
}
namespace extend_layer {
#include "docs/extend/layer.cpp"
}
namespace extend_primitive {
#include "docs/extend/primitive.cpp"
}
namespace extend_optimizer {
#include "docs/extend/optimizer.cpp"
}
namespace extend_measure {
#include "docs/extend/measure.cpp"
}

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Ran {
  std::vector<LoweredReplica> replicas;
  MemorySink sink;
};
Ran ran(const Compose& compose, Step steps, GraphSettings settings = {}) {
  settings.batch = 32;
  Graph g("example", std::move(settings));
  compose(g);
  ProgramCache cache;
  std::vector<LoweredReplica> replicas{lower(g, 1, cache)};
  Ran r{replicas, MemorySink(replicas)};
  const RunResult result = run_toy(std::move(replicas), {.steps = steps, .threads = 1}, r.sink);
  CHECK_FALSE(result.replicas[0].failed);
  return r;
}

// The objective at the first and at the last step.
bool falls(const Ran& r) {
  const std::vector<float> objective = r.sink.column<float>(0, 0, 1);
  return objective.back() < 0.5f * objective.front();
}

}  // namespace

TEST_SUITE("extend") {
  TEST_CASE("source: points of the ring, a function of the draw") {
    const auto ring = extend_source::Ring{.width = 0.1}.open();
    std::vector<float> points(2000), again(2000);
    ring->fill_main({1, 2, 3}, 1000, points);
    ring->fill_main({1, 2, 3}, 1000, again);
    CHECK(points == again);
    double mean = 0;
    for (std::size_t i = 0; i < points.size(); i += 2) {
      const double radius = std::hypot(points[i], points[i + 1]);
      REQUIRE(std::abs(radius - 1) < 0.1001);
      mean += points[i] / 1000;
    }
    CHECK(std::abs(mean) < 5 * std::sqrt(0.5 / 1000));
    CHECK(falls(ran(extend_source::compose, 400)));
    CHECK(error_of([] {
            Graph g("g");
            g.add("ring", extend_source::Ring{.width = 1});
          }) == "2 ring (Ring): width is 1, it must be from 0 to below 1");
  }

  TEST_CASE("metric: distances, and a generator that comes onto the circle") {
    const auto metric = extend_metric::Roundness{.samples = 2}.open();
    const std::vector<float> rows{3, 4, 0, -1};
    CHECK(metric->measure({.samples = rows, .n = 2, .row = Shape{2}}) == std::vector<double>{3, 2});
    const Ran r = ran(extend_metric::compose, 300);
    const auto off = r.sink.column<double>(0, 1, 2);
    REQUIRE(off.size() == 3);
    CHECK(off.back() < 0.1);
  }

  TEST_CASE("layer: its formula, its parameters by name, its gradients") {
    TestFormula f(2);
    f.output("y", extend_layer::Skip{}(f, f.input("x", {2, 1})));
    f.state()["w"] = {0.5};
    const std::vector<double> y = f.run({{"x", {1, -2}}}).at("y");
    CHECK(y[0] == doctest::Approx(1 + 0.1 * std::tanh(0.5)));
    CHECK(y[1] == doctest::Approx(-2 - 0.1 * std::tanh(1)));
    const Ran r = ran(extend_layer::compose, 200);
    CHECK(r.sink.commits.back().variables.contains("D/skip2/scale"));
    CHECK(falls(r));
  }

  TEST_CASE("primitive: values and derivatives of both orders") {
    TestFormula f(4);
    const Value x = f.input("x", {4});
    const Value y = extend_primitive::huber(x);
    const Value slope = gradient(y, x);
    f.output("y", y);
    f.output("slope", slope);
    f.output("curvature", gradient(slope, x));
    const Tensors out = f.run({{"x", {-3, -0.5, 0.25, 2}}});
    CHECK(out.at("y") == std::vector<double>{5, 0.25, 0.0625, 3});
    CHECK(out.at("slope") == std::vector<double>{-2, -1, 0.5, 2});
    CHECK(out.at("curvature") == std::vector<double>{0, 2, 2, 0});
    CHECK(falls(ran(extend_primitive::compose, 400)));
  }

  TEST_CASE("optimizer: every element moves by lr, along the running mean") {
    TestFormula f(1, "step");
    const Value w = f.variable("D/w", {2}, Keep::parameter, init::values({1, -1}));
    f.minimize(sum(square(w)), "D/", extend_optimizer::Lion{.lr = 0.25});
    f.run();
    CHECK(f.state().at("D/w") == std::vector<double>{0.75, -0.75});
    CHECK(f.state().at("step/D/w/avg")[0] == doctest::Approx(0.02));
    CHECK(falls(ran(extend_optimizer::compose, 400)));
  }

  TEST_CASE("measure: beyond the fake samples, chosen by its name") {
    TestFormula f(3);
    const Value real = f.input("real", {3, 1}), fake = f.input("fake", {3, 1});
    f.output("x", extend_measure::beyond(0.5)(f, real, fake));
    const std::vector<double> x = f.run({{"real", {0, 0, 0}}, {"fake", {1, -2, 4}}}).at("x");
    for (const auto& [at, end] : {std::pair{x[0], 1.0}, {x[1] / -2, 1.0}, {x[2] / 4, 1.0}})
      CHECK((at > end && at < 1.5 * end));
    const auto hash = [](const std::string& measure) {
      return ran(extend_measure::compose, 2, {.values = {{"measure", measure}}}).replicas[0].hash;
    };
    CHECK(hash("beyond") != hash("midpoint"));
  }
}
