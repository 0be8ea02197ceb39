// Generator and critic on the batches of one step: what every topology starts with.
//
//   real --------------> [augment] [noise] -> critic_real --+
//   z ----> generate --> [augment] [noise] -> critic_fake --+--> ... --> critic_step   n_critic x
//   z2 ---> generate2 -> [augment] [noise] -> critic_judge -----------> generator_step        1 x
//
// Conditional: the labels of the data stand beside real and fake, random classes beside z2.
#pragma once

#include "graphs/parts/augmentation.h"
#include "graphs/parts/dataset.h"
#include "graphs/parts/latent.h"

namespace ganflow {

struct NetworkPair {
  Network G, D;
};

// Random classes as a condition (N,K): node `name` and, for the numbers, `name`.labels.
struct Labels;
Port random_condition(Graph& graph, const std::string& name, const Labels& labels);

struct Players {
  Network G, D;
  DataSet data;
  Latent latent;
  Port real, fake;  // (N,...), as the critic sees them
  Port condition;   // (N,K), classes of real and fake; absent: unconditional
  Port generated;   // fake as the generator made it
  // Of the generator's step: latents, images made of them, those as the critic sees them, classes.
  Port z, images, fresh, fresh_classes;
  Port d_real, d_fake, d_fresh;       // (N,1), scores; the last one may be absent, see judge()
  std::optional<AdaptAugment> adapt;  // what critic_phase() adapts, by logits

  bool conditional() const { return condition.node() >= 0; }
  // Adds an operator of `inputs`; conditional, of their classes too.
  template <class Operator, class... Ports>
  Port add(Graph& g, const std::string& node, const Operator& op, Port classes,
           Ports... inputs) const {
    return conditional() ? g.add(node, op, inputs..., classes) : g.add(node, op, inputs...);
  }
  Port forward(Graph& g, const std::string& node, const Network& network, Port x,
               Port classes) const;
  // The critic on the samples of the generator's step; called once.
  Port judge(Graph& g) const;
};

// In which order the nodes above are traced: hashes of programs, and so of runs, hold it.
enum class TraceOrder : std::uint8_t {
  players,     // generator on both batches, then critic; its judgement where it is asked for
  as_trained,  // generator and critic on the critic's batch, then both on the generator's
};

struct PlayersOptions {
  bool conditional = false;   // on the labels of the data
  int generator_batches = 1;  // batches in a generator's step, >= 1 (MU-12)
  TraceOrder order = TraceOrder::players;
};

// `real` is data.port or what a transform made of it. Options reuse_noise (GU-03), noise, those of
// augmentation.h. Throws Error(usage) for conditional players on data without labels, and for
// reuse_noise where the steps have batches of different sizes.
Players players(Graph& graph, const NetworkPair& networks, const DataSet& data, Port real,
                const Latent& latent, const PlayersOptions& options = {});

}  // namespace ganflow
