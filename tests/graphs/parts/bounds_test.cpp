// What bounds a critic, and players of unequal strength, by --set in every graph.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "graphs/parts/dataset.h"
#include "ops/sources/sphere_set.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

namespace {

// Measured a little.
GraphSettings dense(Values values) {
  values.emplace("kl.samples", "10");
  return small_dense(std::move(values));
}
GraphSettings points(Values values, const std::string& data = {}) {
  values.emplace("w1", "0");
  GraphSettings settings = small_dense(std::move(values));
  if (!data.empty()) settings.data = data;
  return settings;
}

float largest(const ShortRun& run, const std::string& network) {
  float most = 0;
  for (const auto& [name, values] : run.sink.commits.back().variables)
    if (name.starts_with(network + "/") && !name.ends_with("/scale"))
      for (const float v : values) most = std::max(most, std::abs(v));
  return most;
}

double deviation(const std::vector<double>& x) {
  double square = 0;
  for (const double v : x) square += v * v;
  return std::sqrt(square / static_cast<double>(x.size()));
}

const VariableInfo* find(const LoweredReplica& replica, const std::string& name) {
  const auto v = std::ranges::find(replica.variables, name, &VariableInfo::name);
  return v == replica.variables.end() ? nullptr : &*v;
}
Extent elements(const LoweredReplica& replica, const std::string& network) {
  Extent n = 0;
  for (const VariableInfo& v : replica.variables)
    if (v.keep == Keep::parameter && v.name.starts_with(network + "/")) n += v.shape.elements();
  return n;
}

}  // namespace

// Was: clipped weights on the graph wgan alone.
TEST_CASE("lipschitz=clip: WGAN's bound on every Wasserstein critic, convolutions too (LE-14)") {
  const Values clip{{"lipschitz", "clip"}, {"optimizer", "rmsprop"}, {"lr", "5e-5"}};
  for (const auto& [name, settings] : {std::pair{"thesis-28", dense({})},
                                       {"toy-8gaussians", points({})},
                                       {"wgan-gp", dense({})}}) {
    CAPTURE(name);
    GraphSettings bounded = settings;
    bounded.values.insert(clip.begin(), clip.end());
    const ShortRun clipped = short_run(name, bounded, 2);
    CHECK(largest(clipped, "D") == doctest::Approx(0.01));
    CHECK(largest(clipped, "G") > 0.02);
    CHECK(largest(short_run(name, settings, 2), "D") > 0.02);
  }
  Values wide = clip;
  wide["clip"] = "0.005";
  CHECK(largest(short_run("mu-cifar", small_images(wide), 2), "D") == doctest::Approx(0.005));
  const ShortRun plain = short_run("wgan", dense({}), 4);
  CHECK(plain.column() == short_run("wgan-gp", dense(clip), 4).column());
}

// Was: a GAN had no penalty.
TEST_CASE("penalty=1: the adversarial loss with a penalty on the critic's slope (MU-13)") {
  for (const auto& [name, settings] :
       {std::pair{"gan", dense({})}, {"dcgan", small_images({{"critic_norm", "none"}})}}) {
    CAPTURE(name);
    GraphSettings with = settings;
    with.values["penalty"] = "1";
    with.values["target"] = "0";
    with.values["measure"] = "fake";
    const ShortRun run = short_run(name, with, 2);
    const auto loss = run.column("critic", "loss"), penalty = run.column("critic", "penalty"),
               objective = run.column("critic", "objective");
    CHECK(penalty[0] > 0);
    CHECK(objective[0] == doctest::Approx(loss[0] + penalty[0]));
    CHECK(loss[0] == short_run(name, settings, 1).column("critic", "objective")[0]);
  }
  CHECK(error_of([] {
          lowered("dcgan", small_images({{"penalty", "1"}}));
        }).find("mixes the samples of a batch") != std::string::npos);
}

TEST_CASE("players of different networks and widths (LE-14, GU-05)") {
  const LoweredReplica mixed =
      lowered("dcgan", small_images({{"generator.network", "mlp"}, {"critic.width", "3"}}));
  REQUIRE(find(mixed, "G/linear5/w"));
  CHECK(find(mixed, "G/linear4/w")->shape == Shape{16, 16});
  CHECK(find(mixed, "G/linear5/w")->shape == Shape{16, 3072});
  CHECK(find(mixed, "D/conv1/w")->shape == Shape{3, 3, 5, 5});
  const LoweredReplica plain = lowered("dcgan", small_images({}));
  CHECK(elements(plain, "G") ==
        elements(lowered("dcgan", small_images({{"critic.width", "3"}})), "G"));
  CHECK(elements(plain, "G") <
        elements(lowered("dcgan", small_images({{"generator.width", "3"}})), "G"));
  // Both train, with labels too.
  const Values both{{"network", "mlp"}, {"width", "1"}};
  for (const float loss : short_run("cdcgan", small_images(both), 2).column())
    CHECK(std::isfinite(loss));
  CHECK(error_of([] {
          lowered("dcgan", small_images({{"generator.network", "mnist"}}));
        }) ==
        "2 generator 'mnist' makes pixels in [0, 1], critic 'dcgan' sees those in [-1, 1]: "
        "take networks of one range");
  CHECK(error_of([] {
          lowered("dcgan",
                  small_images({{"generator.network", "notebook"}, {"critic.network", "dcgan64"}}));
        }) ==
        "2 generator 'notebook' is made for images of 32 pixels, critic 'dcgan64' for 64: "
        "take networks of one size");
}

TEST_CASE("n_generator: several generator steps in a row, or none (GU-05, TH-18)") {
  const ShortRun frozen = short_run("gan", dense({{"n_generator", "0"}}), 5);
  const ShortRun usual = short_run("gan", dense({}), 5);
  const ShortRun strong = short_run("gan", dense({{"n_generator", "3"}}), 5);
  CHECK(frozen.column("critic", "objective").size() == 5);
  CHECK(frozen.column("generator", "objective").empty());
  CHECK(strong.column("generator", "objective").size() == 15);
  const auto start = initial_value(usual.replicas[0], "G/0/w");
  const auto& kept = frozen.variable("G/0/w");
  for (std::size_t i = 0; i < start.size(); ++i) CHECK(kept[i] == static_cast<float>(start[i]));
  CHECK(usual.variable("G/0/w") != kept);
}

TEST_CASE("diagnostics are columns and change no bit of the training (GU-17, TH-19, TH-32)") {
  const Values all{{"slopes", "1"}, {"gradients", "1"}, {"weights", "4"}, {"tiles", "1"}};
  const ShortRun plain = short_run("gan", dense({}), 3), seen = short_run("gan", dense(all), 3);
  CHECK(plain.sink.commits.back().variables == seen.sink.commits.back().variables);
  const auto first = [&](const char* table, const char* column) {
    const auto values = seen.column(table, column);
    REQUIRE(values.size() == 3);
    return values[0];
  };
  CHECK(first("critic", "slope") > 0);
  const double w = first("critic", "critic_gradients.0.w"),
               b = first("critic", "critic_gradients.0.b"),
               v = first("critic", "critic_gradients.1.w"),
               c = first("critic", "critic_gradients.1.b");
  CHECK(first("critic", "critic_gradients") ==
        doctest::Approx(std::sqrt(w * w + b * b + v * v + c * c)));
  CHECK(first("generator", "generator_gradients") > 0);
  double shares = 0;
  for (const char* bin : {"weights.bin0", "weights.bin1", "weights.bin2", "weights.bin3"})
    shares += first("critic", bin);
  CHECK(shares == doctest::Approx(1));
  CHECK(first("generator", "tiles.noise") > 0.9);  // as they start
  CHECK(error_of([] {
          lowered("gan", GraphSettings{.data = "gaussians8", .values = {{"tiles", "1"}}});
        }) == "2 --set tiles=1: data set 'gaussians8' holds points, tiles are of images");
}

TEST_CASE("toys are measured by exact W1, three Gaussians and a line among them (MU-09, TH-09)") {
  const auto columns = [](const std::string& data, Values values) {
    std::vector<std::string> names;
    for (const LoweredEvaluation& e :
         lowered("wgan-gp", points(std::move(values), data)).evaluations)
      if (e.metric)
        for (const MetricColumn& c : e.metric->columns()) names.push_back(e.name + "." + c.name);
    return names;
  };
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::count(names, name) == 1;
  };
  for (const char* data : {"gaussian1d", "gaussians2", "gaussians3", "gaussians8", "gaussians25",
                           "swissroll", "line"}) {
    CAPTURE(data);
    const auto off = columns(data, {}), on = columns(data, {{"w1", "20"}, {"parzen", "0.1"}});
    for (const char* name : {"distance.w1", "likelihood.log_likelihood"}) {
      CHECK_FALSE(has(off, name));
      CHECK(has(on, name));
    }
  }
  CHECK(has(columns("gaussians3", {}), "quality.modes"));
  CHECK(error_of([&] {
          columns("line", {{"w1", "5001"}});
        }) == "2 --set w1=5001: w1 must be from 0 to 5000");
}

TEST_CASE("gaussian1d.mean moves data and measure alike; L_D* stands beside (TH-17, TH-18)") {
  const auto quality = [](const Values& values) {
    const LoweredReplica replica = lowered("thesis-1d", points(values));
    const auto e = std::ranges::find(replica.evaluations, "quality", &LoweredEvaluation::name);
    const std::vector<float> samples(10000, 0.5f);
    auto spread = samples;
    for (std::size_t i = 0; i < spread.size(); ++i)
      spread[i] += 0.1f * static_cast<float>(i % 10) - 0.45f;
    return e->metric->measure({.samples = spread, .n = 10000, .row = {1}, .scalars = {}});
  };
  const auto near = quality({}), far = quality({{"gaussian1d.mean", "30"}});
  CHECK(far[0] > 100 * near[0]);
  REQUIRE(near.size() == 7);
  CHECK(near[5] == doctest::Approx(2 * std::log(2) - 2 * near[4]));
  CHECK(near[4] > 0.05);
  CHECK(near[4] < 0.5);
  CHECK(far[4] == doctest::Approx(std::log(2)).epsilon(1e-4));
  CHECK(far[5] == doctest::Approx(0).epsilon(1e-3));
}

TEST_CASE("spheres.shape and spheres.aspect reach images and measure (TH-39)") {
  const auto first = [](const Values& values) {
    const LoweredReplica replica = lowered("thesis-28", dense(values));
    const auto e = std::ranges::find(replica.evaluations, "quality", &LoweredEvaluation::name);
    const SphereSet set({.sharp = true, .shape = SphereShape::rectangle, .aspect = 2});
    std::vector<float> image(28 * 28), all;
    SphereTemplate(set, 0).render(std::array{Centre{9, 17}}, image);
    for (int i = 0; i < 10; ++i) all.insert(all.end(), image.begin(), image.end());
    return e->metric->measure(
        {.samples = all, .n = 10, .row = {784}, .scalars = {{"k", -0.99999}}})[3];
  };
  CHECK(first({{"spheres.shape", "rectangle"}, {"spheres.aspect", "2"}}) < 1e-3);  // rmse
  CHECK(first({}) > 0.05);
  const auto loss = [](const Values& values) {
    return short_run("thesis-28", dense(values), 1).column("critic", "loss")[0];
  };
  CHECK(loss({}) != loss({{"spheres.shape", "rectangle"}}));
  CHECK(loss({}) != loss({{"background", "1"}, {"background.level", "0.4"}}));
  CHECK(loss({{"background", "1"}, {"background.noise", "0"}}) !=
        loss({{"background", "1"}, {"background.noise", "0.3"}}));
}

TEST_CASE("smooth-celeba holds every tenth face out (SG-09)") {
  const TemporaryDirectory faces;
  for (int i = 0; i < 40; ++i)
    write_jpeg(faces / fmt::format("{:02}.jpg", i), flat_picture(72, 64, 3, 5 * i));
  GraphSettings settings = small_images({{"n_critic", "1"}, {"frames", "0"}});
  settings.data = "images:" + faces.path();
  const LoweredReplica replica = lowered("smooth-celeba", settings);
  CHECK(replica.phases.size() == 2);
  CHECK(deviation(initial_value(replica, "D/conv1/w")) == doctest::Approx(0.01).epsilon(0.1));
  Graph graph("smooth-celeba", settings);
  named("smooth-celeba").compose(graph);
  for (const auto& [name, value] : graph.option_values())
    if (name == "smooth") CHECK(value == "1");
  Graph held("held", settings);
  const DataSet trained =
      add_data(held, *settings.data, {.planes = true, .side = 64, .part = Part::trained});
  CHECK(trained.count == 36);
}

TEST_SUITE_END();
