#include "graphs/papers/lecture_experiments.h"

#include <fmt/format.h>

#include "graphs/papers/image_tables.h"

namespace ganflow {
namespace {

// A WGAN with clipped weights and a GAN on three generators: the DCGAN, a thinner one without
// batch norm, and perceptrons.
Experiment weak_networks() {
  Experiment e = image_table("weak-networks", "WGAN beside GAN on weaker generators (lecture)",
                             "LE-13, LE-14", kBringCifar, "10 GPU-hours");
  e.settings = {.batch = 64, .steps = 100000};
  const std::pair<const char*, std::map<std::string, std::string>> generators[] = {
      {"DCGAN", {}},
      {"thin, no norm", {{"norm", "none"}, {"generator.width", "16"}}},
      {"MLP", {{"generator.network", "mlp"}}}};
  for (const auto& [name, settings] : generators) {
    std::string generator = name;
    std::erase(generator, ',');
    auto clipped = settings;
    clipped.insert({{"lipschitz", "clip"}, {"optimizer", "rmsprop"}, {"lr", "5e-5"}});
    e.cells.push_back({"GAN " + generator, "dcgan", settings});
    e.cells.push_back({"WGAN " + generator, "wgan-gp-conv", clipped});
  }
  claim_order(e, "WGAN MLP", "GAN MLP");
  return e;
}

}  // namespace

std::vector<Experiment> lecture_experiments() { return {weak_networks()}; }

}  // namespace ganflow
