// What the image topologies share: data, networks and forwards of a recipe.
#pragma once

#include "graphs/image_topology.h"
#include "graphs/parts/dataset.h"

namespace ganflow {

//   data ---> [noise] --real--> critic_real --+
//   z ------> generate -fake--> critic_fake --+--> ... --> critic_step      n_critic x
//   z2 -----> generate2 ------> critic_judge ------------> generator_step         1 x
// Conditional: the labels of the data stand beside real and fake, random classes beside z2.
struct ImagePlayers {
  Network G, D;
  DataSet data;
  Port real, fake, condition;  // condition: of real and fake; absent without labels
  // Of the generator's step: the latents, what becomes of them, and that as the critic sees it.
  Port z, images, fresh, fresh_classes;
  Port d_real, d_fake;
  Optimizer optimizer;
  Count n_critic = 1;
  ImageRecipe recipe;  // with the options of the graph

  // Adds an operator of `inputs`; conditional, of their classes too.
  template <class Operator, class... Ports>
  Port add(Graph& g, const std::string& node, const Operator& op, Port classes,
           Ports... inputs) const {
    return recipe.conditional ? g.add(node, op, inputs..., classes) : g.add(node, op, inputs...);
  }
  Port forward(Graph& g, const std::string& node, const Network& network, Port x,
               Port classes) const;
  // The critic on the samples of the generator's step; called once.
  Port judge(Graph& g) const { return forward(g, "critic_judge", D, fresh, fresh_classes); }
};

ImagePlayers image_players(Graph& graph, ImageRecipe recipe);

Phase critic_phase(Graph& graph, const ImagePlayers& players, Port objective);
// With the average of the generator, from which samples are drawn then.
Phase generator_phase(Graph& graph, const ImagePlayers& players, Port objective);

}  // namespace ganflow
