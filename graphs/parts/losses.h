// What both players minimize, by the names of its nodes: loss, generator_loss. Those of critics
// offer option slopes (diagnostics.h): of D = sigmoid(score) beside the adversarial loss.
#pragma once

#include "graphs/parts/players.h"

namespace ganflow {

struct Objectives {
  Port critic, generator;
};

// The original GAN's (ops/losses/adversarial.h). Options real_target (its default is given),
// fake_target (GU-10, GU-11), flip (GU-15), loss, features (LE-06), history (LE-07).
Objectives adversarial(Graph& graph, const Players& players, double real_target = 1);

// The f-GAN's (ops/losses/f_gan.h). Options divergence, loss (of the generator). Column "bound":
// what the critic finds of the divergence, in a batch.
Objectives variational(Graph& graph, const Players& players);

// Wasserstein losses, of the critic without a penalty. Throws Error(usage) for an augmentation that
// adapts.
Port wasserstein_critic(Graph& graph, const Players& players);
Port wasserstein_generator(Graph& graph, const Players& players);
// The estimate of the distance as column "wasserstein": the critic's loss without its penalty.
void tap_wasserstein(Graph& graph, const Players& players);

}  // namespace ganflow
