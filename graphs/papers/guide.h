// The guide's experiments (seeds A3: GU) on CIFAR-10. Its techniques are options of all of them.
#pragma once

#include <string>
#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

// Also the ready graphs dcgan and cdcgan. Defaults of the options of the same names.
struct GuideGan {
  std::string network = "dcgan";
  bool conditional = false;            // on the labels of the data; no option
  bool norm_after_activation = false;
  double real_target = 1;              // GU-10
};
void guide_gan(Graph& graph, const GuideGan& defaults);

// Also the ready graph wgan-gp-conv.
void guide_wgan(Graph& graph, const std::string& network, bool conditional);

std::vector<NamedGraph> guide_presets();

}  // namespace ganflow
