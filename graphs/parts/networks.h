// Generator and critic by the options of the graph.
#pragma once

#include <string>

#include "graphs/networks/families.h"
#include "graphs/parts/players.h"

namespace ganflow {

// Fully connected. Defaults of the options of the same names.
struct DenseNetworks {
  std::string generator = "64", critic = "64";  // hidden layers, sizes joined by x: "512x512"
  std::string init = "torch";                   // torch, glorot, he
};
// G from z to rows like those of `data`, in (0, 1) for images; D from those to a score. Options
// generator, critic, init, init.std.
NetworkPair dense_networks(Graph& graph, const DataSet& data, const Latent& latent,
                           const DenseNetworks& defaults = {});

// Of images. Options network and, of one player, generator.network, critic.network (LE-14).
ImageFamily image_family(Graph& graph, const std::string& network);

// Defaults of the options of the same names.
struct ImageNetworks {
  int width = 64;                      // channels of the finest layer, >= 1
  int kernel = 5;                      // >= 1 (GU-08)
  bool conditional = false;            // on the labels of the data; no option
  std::string norm = "batch";          // of G: batch, reference, virtual, union, none
  std::string critic_norm = "batch";   // batch, layer, none
  bool norm_after_activation = false;
  double init_std = 0;  // option init.std: weights N(0, std^2); 0: as init says
};
// Options width, generator.width, critic.width (GU-05), kernel, norm, critic_norm,
// norm_after_activation, spectral, init, init.std; of families with dense layers, minibatch
// (GU-13), minibatch.kernels, minibatch.width and label_planes (GU-21).
NetworkPair image_networks(Graph& graph, const ImageFamily& family, const DataSet& data,
                           const ImageNetworks& defaults = {});

}  // namespace ganflow
