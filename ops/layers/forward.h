// y = network(x): a network as an operator of the graph. Forwarded twice, it reads the same
// Variables.
#pragma once

#include "engine/flow/formula.h"

namespace ganflow {

struct Forward {
  Network network;
  Value operator()(Formula& f, Value x) const { return network(f, x); }
};

}  // namespace ganflow
