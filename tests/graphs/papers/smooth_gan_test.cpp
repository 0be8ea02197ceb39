// Smooth GAN's baselines of other papers: some steps of each.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "graphs/presets.h"
#include "support/image_files.h"
#include "support/named_graph.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("presets");

TEST_CASE("D2GAN trains both critics, BEGAN an autoencoder and k") {
  const GraphSettings settings{
      .batch = 4, .data = cifar_data(), .values = {{"width", "2"}, {"latent", "4"}}};
  const std::pair<const char*, std::vector<const char*>> learning[] = {
      {"smooth-cifar-d2gan", {"D/conv1/w", "D2/conv1/w"}},
      {"smooth-cifar-began", {"D/conv1/w", "loss/k"}}};
  for (const auto& [name, variables] : learning) {
    const ShortRun run = short_run(name, settings, 6);
    for (const float loss : run.column()) CHECK(std::isfinite(loss));
    for (const char* variable : variables) {
      CAPTURE(variable);
      const std::vector<double> first = initial_value(run.replicas.front(), variable);
      const std::vector<float>& last = run.variable(variable);
      CHECK_FALSE(std::equal(first.begin(), first.end(), last.begin(),
                             [](double a, float b) { return static_cast<float>(a) == b; }));
    }
  }
}

TEST_SUITE_END();
