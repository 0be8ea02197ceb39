// y = network(x), or network(x, condition) for a conditional one: a network as an operator of the
// graph. Forwarded twice, it reads the same Variables.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Forward {
  Network network;
  Value operator()(Formula& f, Value x) const { return network(f, x); }
  Value operator()(Formula& f, Value x, Value condition) const { return network(f, x, condition); }
};

}  // namespace ganflow
