// Augmentation in front of the critic: which transforms by which words, a probability that adapts.
#include "graphs/parts/augmentation.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/graph/graph_impl.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

GraphSettings small(Values values) {
  values.insert({{"generator", "8"}, {"critic", "8"}});
  return {.batch = 4, .values = std::move(values)};
}

std::string refused(const std::string& graph, const GraphSettings& settings) {
  return error_of([&] { composed(graph, settings); });
}

}  // namespace

TEST_SUITE("augmentation") {
  TEST_CASE("words pick transforms, flat images are augmented as the pictures they are") {
    const auto objectives = [](const std::string& words) {
      return short_run("gan", small({{"augment", words}})).column();
    };
    const std::vector<float> none = objectives("none"),
                             all = objectives("colour+translation+cutout");
    CHECK(none == short_run("gan", small({})).column());
    CHECK(objectives("cutout+translation+color") == all);
    for (const char* one : {"colour", "translation", "cutout"}) {
      CAPTURE(one);
      CHECK(objectives(one) != none);
      CHECK(objectives(one) != all);
    }
    CHECK(short_run("gan", small({{"augment", "cutout"}, {"augment.p", "0"}})).column() == none);
  }

  TEST_CASE("real, fake and the generator's fakes are augmented by draws of their own") {
    const auto graph = composed("gan", small({{"augment", "cutout"}}));
    const auto& nodes = graph->impl().nodes;
    std::vector<std::string> found;
    for (const GraphNode& n : nodes)
      if (n.name.ends_with("_augment")) found.push_back(n.name);
    std::ranges::sort(found);
    CHECK(found == std::vector<std::string>{"fake_augment", "fresh_augment", "real_augment"});
    std::size_t draws = 0;
    for (const auto& [id, who] : graph->impl().streams)
      draws += who.find("cut_rows") != std::string::npos;
    CHECK(draws == 3);
  }

  // A critic that is sure of its real images makes the probability rise, by N 4 / images each time.
  TEST_CASE("an adapted probability is read by both phases and moves with the critic's scores") {
    const ShortRun run = short_run(
        "gan", small({{"augment", "cutout"}, {"augment.target", "0.5"}, {"augment.images", "64"}}),
        40);
    const std::vector<float> p = run.column("critic", "adapt.p"),
                             r = run.column("critic", "adapt.r");
    REQUIRE(p.size() == 40);
    float expected = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      CHECK(p[i] == doctest::Approx(expected).epsilon(1e-6));
      if (i % 4 != 3) continue;
      const float mean = (r[i] + r[i - 1] + r[i - 2] + r[i - 3]) / 4;
      expected = std::max(0.0f, expected + (mean > 0.5f ? 0.25f : mean < 0.5f ? -0.25f : 0.0f));
    }
    CHECK(*std::ranges::max_element(p) > 0);
    CHECK(run.variable("augment/p")[0] == doctest::Approx(expected));
  }

  TEST_CASE("what cannot be augmented or adapted is refused") {
    CHECK(refused("gan", small({{"augment", "colour+flip"}})) ==
          "2 --set augment=colour+flip: 'flip' is no transform, there are colour, translation and "
          "cutout, joined by +");
    CHECK(refused("gan", small({{"augment.target", "0.6"}})) ==
          "2 --set augment.target=0.6: nothing is augmented, say what: --set "
          "augment=colour+translation+cutout");
    const std::string wasserstein =
        "2 --set augment.target=0.6: the probability follows the sign of the critic's score, which "
        "is "
        "no logit here; leave it out and set augment.p";
    const Values adaptive{{"augment", "cutout"}, {"augment.target", "0.6"}};
    CHECK(refused("wgan", small(adaptive)) == wasserstein);
    CHECK(refused("progressive", {.batch = 4, .data = cifar_data(), .values = adaptive}) ==
          wasserstein);
    GraphSettings points = small({{"augment", "cutout"}});
    points.data = "gaussians8";
    CHECK(refused("gan", points) ==
          "2 --set augment=cutout: 'gaussians8' are points, only images can be augmented");
  }
}
