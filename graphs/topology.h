// The ready topologies over fully connected networks: gan, wgan, wgan-gp, sgp. A recipe holds what
// a paper's table would: sizes, data, sharpness schedule, optimizer. Each topology is one function
// that reads like the drawing above it. All have --set collapse=0.1: an evaluation where generated
// pairs lie closer than this part of the distance of real ones stops the replica (collapse.h); and
// --set reuse_noise=1: the generator's step takes the noise of the critic's last one (GU-03,
// Algorithm 1).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace ganflow {

struct Recipe {
  std::string data = "spheres";          // see dataset.h; --data
  int latent = 2;                        // d of z; --set latent
  bool normal_latent = false;            // z ~ N(0,1)^d instead of U(-1,1)^d
  std::vector<Extent> generator = {64};  // hidden layers; --set generator=64x64
  std::vector<Extent> critic = {64};     // hidden layers; --set critic=64x64
  std::optional<Schedule> k = {};        // sharpness of the tunable sigmoid; none: no sharpening
  std::optional<Schedule> sigma = {};    // blur in pixels; none: no blur
  int n_critic = 5;                      // critic steps per generator step; --set n_critic
  std::string optimizer = "rmsprop";     // rmsprop, rmsprop.tf, adam, sgd; --set optimizer
  double lr = 1e-3;                      // of both steps; --set lr (a schedule)
  double l2 = 0;                         // weight decay of both; --set l2
  double lambda = 10;                    // weight of the penalty; --set penalty.lambda
  std::string measure = "interpolated";  // where SGP looks; --set measure
  std::vector<double> anchor = {0.5};    // A of the anchored measure, one value or one a feature
  Extent batch = 64;
  Step steps = 20000;  // critic updates
  Step evaluate_every = 1000;
  Step sample_every = 5000;
};

// Adversarial (BCE) critic loss, non-saturating generator loss; --set loss=minimax for the
// saturating one; real_target, fake_target smooth the labels.
void gan(Graph& graph, const Recipe& recipe);
// Wasserstein with weights clipped to [-clip, clip] (LE-13).
void wgan(Graph& graph, const Recipe& recipe);
// Wasserstein with the 1-centred gradient penalty (SG-04).
void wgan_gp(Graph& graph, const Recipe& recipe);
// Wasserstein with the simple, 0-centred penalty at one of five measures (MU-01, R-54).
void sgp(Graph& graph, const Recipe& recipe);

using Compose = std::function<void(Graph&)>;

struct NamedGraph {
  std::string name, description;
  Compose compose;
};
std::vector<NamedGraph> graphs();   // the topologies with their default recipe
std::vector<NamedGraph> presets();  // the papers' experiments

}  // namespace ganflow
