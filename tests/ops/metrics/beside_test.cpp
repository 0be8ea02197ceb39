// What a metric measures beside samples: latents, classes, what a critic says, of the same draw.
#include <doctest/doctest.h>

#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"
#include "ops/sources/noise.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Samples (n, 2, 1) of latents (n, 2), x = 2 z + 1, and scores (n), x0^2 + x1^2. Columns: the
// largest difference of each from what the samples say, and their number.
struct Agreement {
  Extent samples = 600;
  struct Measured : Metric {
    Extent n = 0;
    std::vector<MetricColumn> columns() const override {
      return {{"latent", "1", ""}, {"score", "1", ""}, {"n", "1", ""}};
    }
    Extent samples() const override { return n; }
    std::optional<Extent> row_elements() const override { return 2; }
    std::vector<std::string> beside() const override { return {"latent", "critic"}; }
    std::vector<double> measure(const Measurement& m) const override {
      double latent = 0, score = 0;
      for (std::size_t i = 0; i < m.samples.size(); ++i)
        latent = std::max(latent, std::abs(m.samples[i] - (2.0 * m.beside[0][i] + 1)));
      for (std::size_t i = 0; i < m.beside[1].size(); ++i) {
        const double x = m.samples[2 * i], y = m.samples[2 * i + 1];
        score = std::max(score, std::abs(x * x + y * y - m.beside[1][i]));
      }
      return {latent, score, static_cast<double>(m.beside[1].size())};
    }
  };
  std::shared_ptr<const Metric> open() const {
    auto made = std::make_shared<Measured>();
    made->n = samples;
    return made;
  }
};

Value generated(Formula&, Value z) { return reshape(2.0 * z + 1.0, {z.rows(), 2, 1}); }
Value judged(Formula&, Value x) {
  return row_sums(square(reshape(x, {x.rows(), x.shape().row_elements()})));
}

}  // namespace

TEST_SUITE_BEGIN("metrics");

TEST_CASE("a metric is given what it names beside the samples, of the same draw") {
  // 600 rows are two calls of 250 and a part of one.
  Graph g("g", {.batch = 8});
  const Port z = g.add("noise", Normal{.dim = 2});
  const Port x = g.add("generate", generated, z);
  const Port scores = g.add("judge", judged, x);
  g.evaluate("agreement", Agreement{}, {x, z, scores}, every(1));
  ProgramCache cache;
  const Device& cpu = *open_device("cpu");
  const LoweredReplica replica = lower(g, 3, cache, cpu);
  const LoweredEvaluation& e = replica.evaluations[0];
  CHECK(e.row == Shape{2, 1});
  const Restored state{.step = 4, .counters = {}, .variables = {}};
  const std::vector<double> values = measure_samples(replica, e, state, cpu);
  CHECK(values[0] < 1e-6);
  CHECK(values[1] < 1e-5);
  CHECK(values[2] == 600);
  CHECK(generate(replica, e, state, 5, 0, cpu).size() == 10);  // samples alone
  CHECK(g.dot().find("n0 -> e0") != std::string::npos);
}

TEST_CASE("another number of ports than the metric measures is refused") {
  Graph g("g", {.batch = 8});
  const Port z = g.add("noise", Normal{.dim = 2});
  CHECK(error_of([&] { g.evaluate("agreement", Agreement{}, z, every(1)); }) ==
        "2 agreement (Agreement): evaluate() is given 1 port, it measures 3: {samples, latent, "
        "critic}");
}

TEST_SUITE_END();
