// Exponential moving average of a network (EMA), its statistics included: what is evaluated and
// sampled instead of the network that trains (Karras et al. 2018).
//
//   a <- decay a + (1 - decay) w    for every Variable w of the network, as the step began
//
//   g.phase("generator", 1).minimize("generator_step", loss, G, adam)
//       .also(g.add("average", Average{G, .decay = 0.999}));
//   g.sample("samples", g.add("generate_average", Forward{averaged(G)}, z), ...);
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Average {
  Network network;
  Scalar decay = 0.999;  // in [0, 1), may follow a schedule; its slot is "<node>.decay"

  // Moves the state Variables "<network>.average/...". The network must have been forwarded before.
  Value operator()(Formula& f) const;
};

// The network in evaluation mode with the averages as its Variables; they start where it starts.
Network averaged(const Network& network);

}  // namespace ganflow
