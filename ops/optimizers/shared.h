// One optimizer of several minimize(): one state and one set of options, whichever step moves a
// parameter. For objectives that take turns, a penalty in every 16th step for one: two optimizers
// would each see only their own gradients.
//
//   const Optimizer adam = shared("critic_adam", Adam{.lr = 2e-4});
//   g.phase("critic", 1).minimize("critic_step", loss, D, adam);
//   g.phase("penalty", every_16th).minimize("penalty_step", penalty, D, adam);
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

// State "<name>/<parameter>/...", options "<name>.lr", in place of those of every step's own name.
// Throws Error(usage) where it is used for an empty name and for one with '/' or '.'.
Optimizer shared(const std::string& name, Optimizer optimizer);

}  // namespace ganflow
