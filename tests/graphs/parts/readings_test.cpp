// The other readings of the sources (seeds A0): each option changes what it says, and its default
// said aloud changes nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/program/evaluate.h"
#include "engine/program/leaves.h"
#include "graphs/parts/dataset.h"
#include "graphs/parts/latent.h"
#include "ops/sources/spheres.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

namespace {

double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
double deviation_of(const std::vector<double>& x) {
  double square = 0;
  for (const double v : x) square += v * v;
  return std::sqrt(square / static_cast<double>(x.size()));
}
double largest(const std::vector<double>& x) {
  double most = 0;
  for (const double v : x) most = std::max(most, std::abs(v));
  return most;
}

const LoweredEvaluation* evaluation(const LoweredReplica& replica, const std::string& name) {
  const auto found = std::ranges::find(replica.evaluations, name, &LoweredEvaluation::name);
  return found == replica.evaluations.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("said aloud, every default leaves the run as it is: state and hash of the programs") {
  const auto same = [](const std::string& name, const GraphSettings& plain,
                       const Values& defaults) {
    GraphSettings said = plain;
    for (const auto& value : defaults) said.values.insert(value);
    const ShortRun a = short_run(name, plain), b = short_run(name, said);
    CHECK(a.sink.commits.back().variables == b.sink.commits.back().variables);
    CHECK(a.column() == b.column());
  };
  same("thesis-28-sts", small_dense({}),
       {{"init", "torch"},
        {"init.std", "0"},
        {"latent.distribution", "uniform"},
        {"spheres.grid", "by_count"},
        {"kl.bandwidth", "1"},
        {"kl.step", "0.1"},
        {"kl.renormalise", "1"},
        {"l2.weights_only", "0"},
        {"n_critic.schedule", "none"},
        {"count", "critic"},
        {"reset_optimizer", "0"},
        {"smooth", "0"},
        {"frames", "0"},
        {"target", "1"}});
  same("dcgan", small_images({}),
       {{"init", "layers"}, {"minibatch", "none"}, {"optimizer", "adam"}, {"smooth", "0"}});
  same("wgan-gp-resnet", small_images({{"smooth", "1"}, {"n_critic", "1"}}),
       {{"smooth.exact", "0"}, {"smooth.norm", "spectral"}, {"smooth.iterations", "3"}});
}

TEST_CASE("smooth.exact takes the Jacobian itself, probes estimate it (R-02)") {
  const auto jacobian = [](const Values& more) {
    Values values{{"smooth", "1"}, {"smooth.norm", "pixel_mean"}, {"n_critic", "1"}};
    values.insert(more.begin(), more.end());
    return short_run("wgan-gp", small_dense(values), 1)
        .column("generator", "smooth.jacobian.p50")
        .at(0);
  };
  const float exact = jacobian({{"smooth.exact", "1"}});
  const float many = jacobian({{"smooth.probes", "200"}});
  const float one = jacobian({});
  CHECK(exact > 0);
  CHECK(many == doctest::Approx(exact).epsilon(0.1));
  CHECK(std::abs(one - exact) > std::abs(many - exact));
}

TEST_CASE("Smooth GAN on fully connected networks: penalty and paths (R-13)") {
  const Values on{{"smooth", "10"}, {"smooth.k", "0"}};
  GraphSettings ring = small_dense(on);
  ring.data = "gaussians8";
  GraphSettings without = small_dense({});
  without.data = "gaussians8";
  CHECK(short_run("wgan-gp", ring, 10).column() != short_run("wgan-gp", without, 10).column());
  ring.values["frames"] = "5";
  const LoweredReplica replica = lowered("wgan-gp", ring);
  REQUIRE(evaluation(replica, "paths"));
  CHECK(evaluation(replica, "paths")->rows == 6 * 5);
  REQUIRE(evaluation(replica, "path_change"));
  CHECK(evaluation(replica, "path_change")->rows % 5 == 0);
  CHECK_FALSE(evaluation(lowered("wgan-gp", without), "paths"));
  CHECK(error_of([&] {
          lowered("wgan-gp", small_dense({{"frames", "1"}}));
        }) == "2 --set frames=1: a path has two ends, take at least 2 frames, or 0 for none");
}

TEST_CASE("stored images are measured unless they are few or quality=0 says not to") {
  GraphSettings by_default = small_images({});
  by_default.values.erase("quality");
  const LoweredReplica measured = lowered("dcgan", by_default);
  REQUIRE(evaluation(measured, "quality"));
  CHECK(evaluation(measured, "quality")->samples == 1000);
  CHECK(evaluation(measured, "quality")->row.elements() == 3072);
  CHECK(evaluation(lowered("dcgan", small_images({{"quality", "100"}})), "quality")->samples ==
        100);
  CHECK_FALSE(evaluation(lowered("dcgan", small_images({{"quality", "0"}})), "quality"));
  CHECK(error_of([] {
          lowered("dcgan", small_images({{"quality", "3"}}));
        }) == "2 image quality: samples is 3, it must be at least 4");
  const TemporaryDirectory few;
  for (int i = 0; i < 7; ++i)
    write_jpeg(few / fmt::format("{}.jpg", i), flat_picture(32, 32, 3, 10 * i));
  GraphSettings settings = small_images({});
  settings.data = "images:" + few.path();
  CHECK_FALSE(evaluation(lowered("dcgan", settings), "quality"));
  // The measure changes no bit of the training.
  CHECK(short_run("dcgan", small_images({}), 2).column() ==
        short_run("dcgan", small_images({{"quality", "0"}}), 2).column());
}

TEST_CASE("weights start as N(0, std^2), by Glorot or as PyTorch's (R-05, R-26)") {
  const std::string w = "D/0/w", b = "D/0/b";  // 784 x 8
  const auto start = [&](const Values& values, const std::string& name) {
    return initial_value(lowered("thesis-28", small_dense(values)), name);
  };
  const double torch = 1 / std::sqrt(784.0), glorot = std::sqrt(6 / (784.0 + 8));
  const auto bounded = [](const std::vector<double>& x, double bound) {
    CHECK(largest(x) <= bound);
    CHECK(largest(x) > 0.95 * bound);
  };
  bounded(start({}, w), torch);
  CHECK(largest(start({}, b)) > 0);
  bounded(start({{"init", "glorot"}}, w), glorot);
  CHECK(largest(start({{"init", "glorot"}}, b)) == 0);
  CHECK(deviation_of(start({{"init.std", "0.3"}}, w)) == doctest::Approx(0.3).epsilon(0.05));
  // TensorFlow's preset brings its own, unless told otherwise.
  bounded(start({{"optimizer", "rmsprop.tf"}}, w), glorot);
  bounded(start({{"optimizer", "rmsprop.tf"}, {"init", "torch"}}, w), torch);
  const LoweredReplica conv =
      lowered("dcgan", small_images({{"init.std", "0.02"}, {"width", "8"}}));
  CHECK(deviation_of(initial_value(conv, "D/conv2/w")) == doctest::Approx(0.02).epsilon(0.05));
  CHECK(error_of([&] {
          start({{"init.std", "-1"}}, w);
        }) == "2 --set init.std=-1: init.std must be at least 0");
}

TEST_CASE("smooth presets start with deviation 0.01 (R-05), others do not") {
  const auto deviation = [](const Values& values) {
    return deviation_of(
        initial_value(lowered("smooth-cifar", small_images(values)), "D/block2/conv1/w"));
  };
  CHECK(deviation({{"width", "8"}}) == doctest::Approx(0.01).epsilon(0.1));
  CHECK(deviation({{"width", "8"}, {"init.std", "0"}}) > 0.05);
}

TEST_CASE("z is uniform, normal or in (0, 1) (R-25, R-62)") {
  const auto drawn = [](const Values& values) {
    Graph g("z", {.batch = 4000, .values = values});
    const Port z = latent(g, "z", 2, "uniform").draw(g, "z");
    Builder& builder = g.impl().training.builder;
    output(builder, "z", g.impl().value(z));
    return evaluate(builder.program(), {}).at("z");
  };
  const auto uniform = drawn({}), unit = drawn({{"latent.distribution", "unit"}});
  const auto normal = drawn({{"latent.distribution", "normal"}});
  CHECK(std::abs(mean_of(uniform)) < 0.04);
  CHECK(deviation_of(uniform) == doctest::Approx(std::sqrt(1.0 / 3)).epsilon(0.03));
  CHECK(std::ranges::min(unit) >= 0);
  CHECK(mean_of(unit) == doctest::Approx(0.5).epsilon(0.03));
  CHECK(deviation_of(normal) == doctest::Approx(1).epsilon(0.04));
  CHECK(largest(normal) > 2);
  CHECK(error_of([&] {
          drawn({{"latent.distribution", "gaussian"}});
        }).starts_with("2 --set latent.distribution=gaussian: no such latent.distribution"));
}

TEST_CASE("spheres.grid: 400 or 441 images of one sphere (R-15)") {
  const auto size = [](const Values& values) {
    Graph g("spheres", {.values = values});
    return *add_data(g, "spheres").port.source()->size();
  };
  CHECK(size({}) == 400);
  CHECK(size({{"spheres.grid", "half_open"}}) == 400);
  CHECK(size({{"spheres.grid", "closed"}}) == 441);
}

TEST_CASE("kl.bandwidth, kl.step and kl.renormalise reach the estimate (R-19, R-20, R-21)") {
  const auto source = Spheres{}.open();
  std::vector<float> real(10000 * 784);
  for (Extent i = 0; i < 25; ++i)
    source->fill_main({.step = static_cast<Step>(i)}, 400,
                      std::span(real).subspan(static_cast<std::size_t>(i * 400 * 784), 400 * 784));
  const auto kl = [&](const Values& values) {
    const LoweredReplica replica = lowered("thesis-28", small_dense(values));
    const LoweredEvaluation* quality = evaluation(replica, "quality");
    REQUIRE(quality);
    const Measurement m{.samples = real, .n = 10000, .row = {784}, .scalars = {{"k", -0.2}}};
    return quality->metric->measure(m)[0];
  };
  const double usual = kl({});
  CHECK(usual > 0);
  CHECK(kl({{"kl.renormalise", "0"}}) < 0);  // mass leaks over the border
  CHECK(kl({{"kl.bandwidth", "3"}}) > 2 * usual);
  const double coarse = kl({{"kl.step", "1"}});
  CHECK(coarse != usual);
  CHECK(std::abs(coarse - usual) < 0.01);
  CHECK(error_of([&] {
          kl({{"kl.step", "0"}});
        }) == "2 --set kl.step=0: kl.step must be above 0 and at most 1");
}

TEST_CASE("l2.weights_only leaves the biases alone (R-27)") {
  const auto after = [](const Values& values, const std::string& name) {
    return short_run("gan", small_dense(values), 1).variable(name);
  };
  const Values decayed{{"l2", "5"}, {"optimizer", "sgd"}};
  const Values weights{{"l2", "5"}, {"optimizer", "sgd"}, {"l2.weights_only", "1"}};
  const Values none{{"optimizer", "sgd"}};
  CHECK(after(weights, "D/1/b") == after(none, "D/1/b"));
  CHECK(after(decayed, "D/1/b") != after(none, "D/1/b"));
  CHECK(after(weights, "D/1/w") == after(decayed, "D/1/w"));
  CHECK(after(weights, "D/1/w") != after(none, "D/1/w"));
}

TEST_CASE("n_critic.schedule: the guide's, its notebook's and WGAN's numbers (R-45)") {
  const auto counts = [](const std::string& name, const Values& values) {
    const LoweredReplica replica = lowered(name, small_dense(values));
    std::vector<int> at;
    for (const std::uint64_t macro : {0, 24, 25, 99, 100, 499, 500, 501})
      at.push_back(replica.phases[0].count(macro));
    return at;
  };
  using Counts = std::vector<int>;
  CHECK(counts("wgan", {}) == Counts(8, 5));
  CHECK(counts("wgan", {{"n_critic", "0"}}) == Counts{100, 100, 100, 100, 5, 5, 100, 5});
  CHECK(counts("wgan", {{"n_critic.schedule", "guide"}}) ==
        Counts{100, 100, 100, 100, 5, 5, 100, 5});
  CHECK(counts("wgan", {{"n_critic.schedule", "notebook"}, {"n_critic", "3"}}) ==
        Counts{50, 50, 3, 3, 3, 3, 50, 3});
  CHECK(counts("wgan", {{"n_critic.schedule", "wgan"}}) == Counts{100, 100, 5, 5, 5, 5, 100, 5});
}

TEST_CASE("minibatch discrimination has B kernels of width C (R-47)") {
  const auto shape = [](const Values& values) {
    const LoweredReplica replica = lowered("dcgan", small_images(values));
    for (const VariableInfo& v : replica.variables)
      if (v.name == "D/minibatch1/t") return v.shape.str();
    return std::string("none");
  };
  CHECK(shape({}) == "none");
  CHECK(shape({{"minibatch", "both"}}) == "(8,640)");  // A = 4 width
  CHECK(shape({{"minibatch", "both"}, {"minibatch.kernels", "100"}, {"minibatch.width", "3"}}) ==
        "(8,300)");
}

TEST_CASE("count=generator: --steps and the stages count generator updates (R-28, R-36)") {
  const auto graph = [](Values values, std::optional<Step> steps = {}) {
    GraphSettings settings = small_dense(std::move(values));
    settings.steps = steps;
    return composed("thesis-28-sts", settings);
  };
  CHECK(graph({})->steps() == 20000);
  CHECK(graph({{"count", "generator"}})->steps() == 100000);
  CHECK(graph({{"count", "generator"}}, 100)->steps() == 500);
  CHECK(graph({{"count", "generator"}, {"n_critic", "3"}})->steps() == 60000);
  CHECK(composed("thesis-28-gan", small_dense({{"count", "generator"}}))->steps() == 20000);
  const LoweredReplica replica = lowered("thesis-28-sts", small_dense({{"count", "generator"}}));
  const auto k = std::ranges::find(replica.scalars, "k", &LoweredScalar::name);
  REQUIRE(k != replica.scalars.end());
  CHECK(k->schedule.at(12499) == 0);
  CHECK(k->schedule.at(12500) == -0.2);
  CHECK(error_of([&] {
          graph({{"count", "generator"}, {"n_critic", "0"}});
        }) ==
        "2 --set count=generator: a step is as many critic updates as the critic takes for one of "
        "the generator's, but --set n_critic=0 varies them: set it to at least 1");
  CHECK(error_of([&] {
          graph({{"count", "generator"}}, Step{1} << 62)->steps();
        }) ==
        "2 --steps 4611686018427387904: steps of 5 critic updates each are more than can be "
        "counted");
}

TEST_CASE("reset_optimizer: moments start anew with every stage, for both players (R-35)") {
  const Values kept{{"n_critic", "2"}, {"reset_optimizer", "1"}, {"restarts", "0"}};
  const Values reset{{"n_critic", "2"}, {"reset_optimizer", "1"}, {"restarts", "steps(0:0,5:1)"}};
  const Values plain{{"n_critic", "2"}};
  const ShortRun a = short_run("thesis-28-sts", small_dense(kept), 8);
  const ShortRun b = short_run("thesis-28-sts", small_dense(reset), 8);
  const ShortRun c = short_run("thesis-28-sts", small_dense(plain), 8);
  CHECK(a.column() == c.column());
  const auto loss = [](const ShortRun& run) { return run.column("critic", "objective"); };
  REQUIRE(loss(a).size() == 8);
  for (std::size_t i = 0; i < 6; ++i) CHECK(loss(a)[i] == loss(b)[i]);  // the fifth moves after it
  CHECK(loss(a)[6] != loss(b)[6]);
  CHECK(b.variable("generator_step/G/0/w/restarts") == std::vector<float>{1});
  const LoweredReplica replica = lowered("thesis-28-sts", small_dense({{"reset_optimizer", "1"}}));
  const auto stages = std::ranges::find(replica.scalars, "restarts", &LoweredScalar::name);
  REQUIRE(stages != replica.scalars.end());
  for (const auto& [step, stage] : {std::pair{2499, 0.0}, {2500, 1.0}, {10000, 4.0}})
    CHECK(stages->schedule.at(static_cast<Step>(step)) == stage);
}

TEST_CASE("label_planes: where a condition enters the critic (GU-09, GU-21)") {
  const auto inputs = [](const std::string& name, const Values& values) {
    return lowered(name, small_images(values));
  };
  const auto shape = [](const LoweredReplica& replica) {
    const auto v = std::ranges::find(replica.variables, "D/conv1/w", &VariableInfo::name);
    return v->shape.str();
  };
  CHECK(shape(inputs("cdcgan", {})) == "(2,3,5,5)");
  CHECK(shape(inputs("cdcgan", {{"label_planes", "1"}})) == "(2,13,5,5)");
  CHECK(shape(inputs("guide-wgan", {})) == "(2,13,5,5)");
  CHECK(shape(inputs("guide-wgan", {{"label_planes", "0"}})) == "(2,3,5,5)");
}

TEST_SUITE_END();
