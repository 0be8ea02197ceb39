// The ready topologies over convolutional networks: dcgan (adversarial) and wgan-gp on images, each
// conditional on request, with the techniques of the guide and the lecture as options. A recipe
// holds what a paper's table would. All have
// --set collapse=0.1 (ops/metrics/collapse.h) and --set reuse_noise=1 (topology.h).
#pragma once

#include <string>
#include <vector>

#include "graphs/topology.h"

namespace ganflow {

struct ImageRecipe {
  std::string data = "cifar10";
  // pooling, dcgan, notebook (32 px, guide), mu, resnet (32 px), mnist (28 px), dcgan64; --set
  // network
  std::string network = "dcgan";
  int width = 64;              // channels of the finest layer; --set width
  int kernel = 5;              // --set kernel (GU-08)
  int latent = 100;            // z ~ N(0,1)^d; --set latent
  bool conditional = false;    // on the labels of the data
  std::string norm = "batch";  // of the generator: batch, reference, virtual, union, none
  std::string critic_norm = "batch";   // batch, layer, none
  bool norm_after_activation = false;  // R-39; --set norm_after_activation=1
  std::string minibatch = "none";      // none, alone, before, after, both (GU-13)
  int n_critic = 1;                    // --set n_critic; 0: adaptive, R-45
  double lr = 2e-4;                    // of both steps, Adam; --set lr (a schedule)
  double beta1 = 0.5, beta2 = 0.9;     // --set beta1, beta2
  bool linear_decay = false;           // of lr, to 0 at the last step
  int generator_batches = 1;           // batches in a generator step (MU-12)
  double init_std = 0;      // of the weights, N(0, std^2); 0: glorot, he in blocks
  bool dequantise = false;  // the data
  double real_target = 1;   // GU-10, GU-11; --set real_target, fake_target
  double lambda = 10;       // weight of the penalty; --set penalty.lambda
  double target = 1;        // of |grad D|; 0: the simple penalty
  std::string measure = "interpolated";  // where the penalty looks; --set measure
  double smooth = 0;                     // gamma of Smooth GAN's penalty; 0: none; --set smooth
  double k = 10;                         // its k
  double average = 0;                    // decay of the generator's average; 0: none; --set average
  Extent batch = 128;
  Step steps = 39000;  // critic updates
  Step sample_every = 1000;
  int frames = 0;  // of paths between latents that are drawn and measured; 0: none; --set frames
};

// Adversarial losses. Further options: fake_target, flip (GU-15), loss=minimax, spectral=1 (LE-16),
// noise (instance noise), features=LAYER (LE-06), history (LE-07, of both), replay=N (GU-12).
void dcgan(Graph& graph, const ImageRecipe& recipe);
// Wasserstein losses with a gradient penalty. Further options: smooth.norm, smooth.probes, noise,
// coupled=1 (a critic with batch norm or minibatch discrimination is refused without it, GU-20).
void wgan_gp_images(Graph& graph, const ImageRecipe& recipe);

// LE-17: 4 -> `side` pixels, each stage faded in over the first half of its macro-iterations. A
// stage is phases of its own, of which those of one stage run at a time, over the same Variables.
struct ProgressiveRecipe {
  int side = 32;                // of the last stage; the data is pooled down to the others
  int width = 128;              // channels of every stage; --set width
  int latent = 128;             // --set latent
  int stage_iterations = 5000;  // macro-iterations of a stage; --set stage_iterations
  int n_critic = 1;
  Extent batch = 64;
};
void progressive(Graph& graph, const ProgressiveRecipe& recipe);

std::vector<NamedGraph> image_graphs();
std::vector<NamedGraph> image_presets();

}  // namespace ganflow
