// What a graph refuses when it is added or checked, before anything is allocated.
#include "engine/graph/graph_check.h"

#include <doctest/doctest.h>

#include "engine/graph/graph.h"
#include "engine/program/gradient.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/layers/normalize.h"
#include "ops/metrics/mode_coverage.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/noise.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// A metric that says what it is told to.
struct ToldOptions {
  std::vector<std::string> columns = {"kl"};
  Extent samples = 10;
  bool opens = true;
};
struct ToldMetric : Metric {
  explicit ToldMetric(const ToldOptions& o) : told(o) {}
  std::vector<MetricColumn> columns() const override {
    std::vector<MetricColumn> all;
    for (const std::string& name : told.columns) all.push_back({name, "1", ""});
    return all;
  }
  Extent samples() const override { return told.samples; }
  std::vector<double> measure(const Measurement&) const override {
    return std::vector<double>(told.columns.size());
  }
  ToldOptions told;
};
struct Told : ToldOptions {
  Told(const ToldOptions& o = {}) : ToldOptions(o) {}  // NOLINT: implicit on purpose
  std::shared_ptr<const Metric> open() const {
    return opens ? std::make_shared<ToldMetric>(*this) : nullptr;
  }
};

struct Nothing {
  std::shared_ptr<const Source> open() const { return nullptr; }
};

// A generator of points and its step.
struct Points {
  explicit Points(Graph& graph, Extent features = 2) : g(graph) {
    G = g.network("G", mlp({2, features}, relu));
    fake = g.add("generate", Forward{G}, g.add("noise", Uniform{.dim = 2}));
  }
  void train() { g.phase("generator", 1).minimize("generator_step", mean(fake), G, Sgd{}); }
  Graph& g;
  Network G;
  Port fake;
};

}  // namespace

TEST_SUITE("graph") {
  // Was: samples named "../s" were written outside of their replica.
  TEST_CASE("names that are no parts of a path") {
    Graph g("test");
    Points p(g);
    const std::string rule =
        ": names become parts of paths and tables, so they have no '/' and no control characters "
        "and do not begin with '.'";
    for (const std::string name : {"../s", "a/b", "..", ".", ".hidden", "a\nb"}) {
      CAPTURE(name);
      const std::string tail = " is named '" + shown(name) + "'" + rule;
      CHECK(error_of([&] { g.sample(name, p.fake, {.channels = 0}, every(1)); }) ==
            "2 graph test: a sample" + tail);
      CHECK(error_of([&] { g.evaluate(name, Told{}, p.fake, every(1)); }) ==
            "2 graph test: a metric" + tail);
      CHECK(error_of([&] { g.phase(name, 1); }) == "2 graph test: a phase" + tail);
      CHECK(error_of([&] {
              g.network(name, mlp({1, 1}, relu));
            }) == "2 graph test: a network" + tail);
      CHECK(error_of([&] { g.add(name, Uniform{}); }) == "2 graph test: a node" + tail);
      CHECK(error_of([&] { g.tap(name, mean(p.fake)); }) == "2 graph test: a tap" + tail);
    }
    CHECK(error_of([&] { g.phase("", 1); }) == "2 graph test: a phase has no name");
  }

  // Was: two tables of one name, or one named as a folder of the run, failed at the first commit.
  TEST_CASE("names that a run has already") {
    Graph g("test");
    Points p(g);
    p.train();
    g.evaluate("quality", Told{}, p.fake, every(1));
    CHECK(error_of([&] { g.evaluate("generator", Told{}, p.fake, every(1)); }) ==
          "2 graph test: a phase and this metric are named 'generator': rename one of them");
    CHECK(error_of([&] { g.sample("quality", p.fake, {.channels = 0}, every(1)); }) ==
          "2 graph test: this sample and a metric are both named 'quality': rename one of "
          "them");
    CHECK(error_of([&] { g.phase("timing", 1); }) ==
          "2 graph test: a phase is named 'timing', which a run keeps for itself: rename it");
    CHECK(error_of([&] { g.sample("rows", p.fake, {.channels = 0}, every(1)); }) ==
          "2 graph test: a sample is named 'rows', which a run keeps for itself: rename it");
  }

  // Was: "member name is not unique (H5Tinsert); free its disk", exit 5.
  TEST_CASE("columns of one name") {
    Graph g("test");
    Points p(g);
    p.train();
    const Port score = mean(p.fake);
    g.tap("score", score);
    CHECK(error_of([&] { g.tap("score", p.fake); }).starts_with("2 tap score: "));
    CHECK(error_of([&] { g.tap("score", score); }) == "2 graph test: two taps are named 'score'");
    CHECK(error_of([&] { g.tap("step", score); }) ==
          "2 tap step: every table has a column 'step' already; choose another name");
    const std::string twice = "2 quality (Told): two columns are named ";
    CHECK(error_of([&] {
            g.evaluate("quality", Told({{"kl", "kl"}}), p.fake, every(1));
          }) == twice + "'kl'");
    CHECK(error_of([&] { g.evaluate("quality", Told({{"step"}}), p.fake, every(1)); }) ==
          twice + "'step', one of them is every table's own");
    CHECK(error_of([&] {
            g.evaluate("quality", Told({std::vector<std::string>{}}), p.fake, every(1));
          }) == "2 quality (Told): it has no columns");
    g.check();
    g.tap("objective", score);
    CHECK(
        error_of([&] { g.check(); }) ==
        "2 graph test: two columns of phase 'generator' are named 'objective'; rename the tap, or "
        "the node that is a term of the objective");
  }

  TEST_CASE("a number and the quantiles of a vector share no column either") {
    Graph g("test");
    Points p(g);
    p.train();
    g.tap("sum", g.add(
                     "sums", [](Formula&, Value x) { return row_sums(x); }, p.fake));
    g.check();
    g.tap("sum.p50", mean(p.fake));
    CHECK(error_of([&] {
            g.check();
          }).starts_with("2 graph test: two columns of phase 'generator' are named 'sum.p50'"));
  }

  // Was: SIGFPE, a division by zero.
  TEST_CASE("no samples") {
    Graph g("test");
    Points p(g);
    CHECK(error_of([&] { g.sample("samples", p.fake, {.channels = 0}, every(1), 0); }) ==
          "2 samples: n is 0, it must be at least 1");
    CHECK(error_of([&] { g.evaluate("quality", Told({.samples = 0}), p.fake, every(1)); }) ==
          "2 quality (Told): samples is 0, it must be at least 1");
  }

  // Was: SIGSEGV.
  TEST_CASE("what opens nothing") {
    Graph g("test");
    Points p(g);
    CHECK(error_of([&] { g.add("data", Nothing{}); }) ==
          "2 data (Nothing): its open() returned nothing, it must return a source");
    CHECK(error_of([&] { g.evaluate("quality", Told({.opens = false}), p.fake, every(1)); }) ==
          "2 quality (Told): its open() returned nothing, it must return a metric");
  }

  // Was: refused at the first evaluation, an hour into a run.
  TEST_CASE("a metric of other samples") {
    Graph g("test");
    Points p(g, 784);
    CHECK(
        error_of([&] { g.evaluate("quality", ModeCoverage{}, p.fake, every(1)); }) ==
        "2 quality (ModeCoverage): a generated sample (784) has 784 elements, it measures samples "
        "of 2");
    CHECK(error_of([&] { g.sample("samples", mean(p.fake), {.channels = 0}, every(1)); }) ==
          "2 samples: 'Mean(generate)' has shape (), samples are rows of a batch of 64: (N,...)");
  }

  TEST_CASE("ports of another graph, and none") {
    Graph g("test"), other("other");
    Points p(g);
    Points q(other);
    for (const Port& port : {q.fake, Port()}) {
      CHECK(error_of([&] { g.tap("t", port); }) == "2 tap t: it is no port of graph test");
      CHECK(error_of([&] { g.sample("s", port, {}, every(1)); }) ==
            "2 s: it is no port of graph test");
      CHECK(error_of([&] { g.evaluate("e", Told{}, port, every(1)); }) ==
            "2 e: it is no port of graph test");
      CHECK(error_of([&] { g.again("a", port); }) == "2 a: it is no port of graph test");
      CHECK(error_of([&] {
              g.phase("p" + std::to_string(port.node()), 1).also(port);
            }).ends_with("it is no port of graph test"));
      CHECK(error_of([&] {
              g.phase("m" + std::to_string(port.node()), 1).minimize("s", port, p.G, Sgd{});
            }) == "2 s: the objective: it is no port of graph test");
    }
  }

  // Was: two nodes drew the same noise, and nobody knew. FNV-1a gives these words one number.
  TEST_CASE("streams of random numbers whose names hash alike") {
    Graph g("test");
    g.add("costarring", Uniform{.dim = 2});
    CHECK(error_of([&] { g.add("liquid", Uniform{.dim = 2}); }) ==
          "2 liquid (Uniform): graph test: draw 'costarring.z' and draw 'liquid.z' would draw the "
          "same random numbers, their names hash alike; rename one of them");
    g.add("declinate", Gaussians8{});
    CHECK(error_of([&] { g.add("macallums", Gaussians8{}); }) ==
          "2 graph test: source 'declinate' and source 'macallums' would draw the same random "
          "numbers, their names hash alike; rename one of them");
  }

  // Was: a batch of 2^62 hung; a hidden layer of 2^31 did.
  TEST_CASE("sizes that cannot be meant") {
    for (const Extent batch : {Extent{0}, Extent{-1}, Extent{1} << 31, Extent{1} << 62})
      CHECK(error_of([&] { Graph("test", {.batch = batch}); }) ==
            "2 --batch " + std::to_string(batch) + ": a batch has 1 to 2147483647 rows");
    CHECK(error_of([] { Graph("test", {.steps = Step{1} << 63}); }) ==
          "2 --steps 9223372036854775808: a run has 1 to 9223372036854775807 critic updates");
    CHECK(error_of([] { Graph("test").defaults({.batch = 0}); }) ==
          "2 graph test: defaults: batch 0: a batch has 1 to 2147483647 rows");
    Graph g("test");
    CHECK(error_of([&] { g.add("noise", Uniform{.dim = Extent{1} << 31}); }) ==
          "2 noise (Uniform): shape (64,2147483648) has more than 17179869184 elements; lower its "
          "sizes");
    CHECK(error_of([&] { g.phase("p", -1); }) ==
          "2 a phase occurs -1 times, it must be at least 0");
  }

  TEST_CASE("a formula of a user's that needs slopes by samples is told what to do") {
    Graph g("test");
    Points p(g);
    const Port slope = g.add(
        "slope",
        [](Formula&, Value x) {
          const Value centred = x - broadcast_to(mean_over(x, 1), x.shape());
          return sum(gradient(sum(centred * centred), x));
        },
        p.fake);
    g.phase("generator", 1).minimize("generator_step", slope, p.G, Sgd{});
    const std::string said = error_of([&] { g.check(); });
    CHECK(said.starts_with("2 slope (formula): the slope of a sample goes through "));
    CHECK(
        said.ends_with("; take layers that keep samples apart, or say in the formula that it "
                       "couples_samples()"));
  }
}
