#include "graphs/papers/guide_experiments.h"

#include <fmt/format.h>

#include "graphs/papers/image_tables.h"

namespace ganflow {
namespace {

Experiment on_cifar(const std::string& name, const std::string& title, const std::string& rows) {
  return image_table(name, title, rows, kBringCifar, "hours of a GPU");
}

// Fig. 8.
Experiment kernels() {
  Experiment e = on_cifar("fig-8-kernels",
                          "DCGAN on CIFAR-10 over the kernel's size (guide, Fig. 8)", "GU-08");
  for (const char* kernel : {"3", "4", "5"})
    e.cells.push_back({fmt::format("{0}x{0}", kernel), "guide-dcgan", {{"kernel", kernel}}});
  claim_order(e, "5x5", "4x4");
  claim_order(e, "4x4", "3x3");
  return e;
}

// Section 4, Figs 10 to 19: tricks on the conditional DCGAN.
Experiment tricks() {
  Experiment e = on_cifar("section-4-tricks", "tricks on the conditional DCGAN (guide, section 4)",
                          "GU-10 to GU-15");
  const std::pair<const char*, std::map<std::string, std::string>> cells[] = {
      {"plain", {}},
      {"one-sided smoothing", {{"real_target", "0.9"}}},
      {"two-sided smoothing", {{"real_target", "0.9"}, {"fake_target", "0.1"}}},
      {"experience replay", {{"replay", "195"}}},
      {"minibatch before", {{"minibatch", "before"}}},
      {"minibatch after", {{"minibatch", "after"}}},
      {"minibatch both", {{"minibatch", "both"}}},
      {"reference batch norm", {{"norm", "reference"}}},
      {"virtual batch norm", {{"norm", "union"}}},
      {"5 % flipped labels", {{"flip", "0.05"}}},
      {"10 % flipped labels", {{"flip", "0.1"}}}};
  for (const auto& [name, settings] : cells) e.cells.push_back({name, "guide-cdcgan", settings});
  claim_order(e, "one-sided smoothing", "plain");
  claim_order(e, "one-sided smoothing", "two-sided smoothing");
  claim_order(e, "minibatch both", "minibatch before");
  claim_order(e, "minibatch both", "minibatch after");
  claim_order(e, "plain", "10 % flipped labels");
  return e;
}

// Figs 5 and 6: one player far stronger than the other. Of a generator's loss a line through its
// last fifth, per 1,000 updates: a strong critic's goes up, a strong generator's stays.
Experiment imbalance() {
  Experiment e = on_cifar("fig-5-imbalance",
                          "a strong generator, a strong critic (guide, Figs 5, 6)", "GU-05");
  e.cells = {{"balanced", "guide-gan"},
             {"strong generator",
              "guide-gan",
              {{"generator.width", "128"}, {"critic.width", "16"}, {"n_generator", "5"}}},
             {"strong critic",
              "guide-gan",
              {{"generator.width", "16"}, {"critic.width", "128"}, {"n_critic", "5"}}}};
  e.measures.push_back({"generator loss", "generator.objective"});
  e.measures.push_back({"its slope", "generator.objective", TableMeasure::Reading::slope});
  for (const char* other : {"balanced", "strong generator"})
    for (const char* measure : {"generator loss", "its slope"})
      e.claims.push_back({fmt::format("{}: strong critic is above {}", measure, other),
                          {1, other, measure},
                          {1, "strong critic", measure}});
  return e;
}

// Section 5.1: clipped weights pile up at the bounds and layers far from the loss see little of it;
// a penalty does neither.
Experiment clipping() {
  Experiment e{.name = "clipping",
               .title = "clipped weights beside a gradient penalty, Swiss roll (guide, 5)",
               .rows = "GU-17",
               .settings = {.steps = 10000},
               .measures = {{"piled weights", "critic.weights.piled"},
                            {"gradient, first layer", "critic.critic_gradients.0.w"},
                            {"gradient, last layer", "critic.critic_gradients.3.w"},
                            {"W1", "distance.w1"}},
               .core_seconds = 0.025};
  const std::map<std::string, std::string> seen{{"weights", "20"}, {"gradients", "1"}};
  const auto cell = [&](const char* name, std::map<std::string, std::string> settings) {
    settings.insert(seen.begin(), seen.end());
    e.cells.push_back({name, "toy-swissroll", settings});
  };
  cell("clipped", {{"lipschitz", "clip"}, {"optimizer", "rmsprop"}, {"lr", "5e-5"}});
  cell("penalty", {{"target", "1"}});
  e.claims = {{"more than half of the clipped weights are piled up",
               {0.5},
               {1, "clipped", "piled weights"}},
              {"a tenth of those under a penalty are not", {1, "penalty", "piled weights"}, {0.1}},
              {"clipped: the first layer's gradient is below a tenth of a penalty's",
               {1, "clipped", "gradient, first layer"},
               {0.1, "penalty", "gradient, first layer"}}};
  return e;
}

// Figs 22, 23: as many updates of the critic for both, of which a WGAN's generator gets a fifth.
Experiment dcgan_wgan() {
  Experiment e = on_cifar("fig-22-dcgan-wgan",
                          "conditional DCGAN beside WGAN-GP, 200 epochs of the critic (guide, "
                          "Figs 22, 23)",
                          "GU-22, GU-23");
  e.settings = {.batch = 128, .steps = 78000};
  e.cells = {{"DCGAN", "guide-cdcgan", {{"real_target", "0.9"}, {"minibatch", "both"}}},
             {"WGAN-GP", "guide-wgan"}};
  claim_order(e, "DCGAN", "WGAN-GP");
  return e;
}

}  // namespace

std::vector<Experiment> guide_experiments() {
  return {imbalance(), kernels(), tricks(), clipping(), dcgan_wgan()};
}

}  // namespace ganflow
