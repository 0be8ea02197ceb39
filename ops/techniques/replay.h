// Experience replay (GU-12, R-46): one sample of every batch is kept; when the memory is full, the
// critic takes one more step on it as fake, a critic update like others, and it is filled anew.
//
//   g.phase("critic", 1).minimize(...).also(g.add("remember", Remember{}, fake));
//   const Port past = g.add("recall", Recall{}, fake);
//   const Port d_past = g.add("critic_replay", Forward{D}, past);
//   g.phase("replay", replay_when_full(195))
//       .minimize("replay_step", -g.add("replay_loss", Minimax{}, d_past), D, adam);
#pragma once

#include "engine/graph/graph.h"

namespace ganflow {

// Puts the first sample of the batch (any is as random as another) at the place after the last one;
// after the last place comes the first.
struct Remember {
  std::string memory = "replay";  // one name, one memory
  Extent capacity = 195;          // samples, >= 1: floor(50,000 / 128 / 2)

  // x (N,...). State "<memory>/samples" (capacity,...), 0 at first, and "<memory>/place"
  // (capacity), 1 at the place to write next, 0 elsewhere.
  Value operator()(Formula& f, Value x) const;
};

// Everything remembered, (capacity,...), of samples shaped like those of x.
struct Recall {
  std::string memory = "replay";
  Extent capacity = 195;

  Value operator()(Formula& f, Value x) const;
};

// One step whenever `capacity` further critic steps have passed, `n_critic` a macro-iteration.
Count replay_when_full(Extent capacity, int n_critic = 1);

}  // namespace ganflow
