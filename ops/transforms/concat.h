// Several ports side by side along one axis: an image beside its condition for a critic that sees
// both, the parts of a latent (torch.cat).
//
//   g.add("pair", Concat{}, image, target)     (N,C,H,W), (N,K,H,W) -> (N,C+K,H,W)
#pragma once

#include <concepts>

#include "engine/graph/formula.h"
#include "engine/program/concat.h"

namespace ganflow {

struct Concat {
  int axis = 1;  // of all parts, from 0 (rows); their other extents are equal

  template <std::same_as<Value>... Parts>
  requires(sizeof...(Parts) > 0) Value operator()(Formula&, Parts... parts) const {
    return concat({parts...}, axis);
  }
};

}  // namespace ganflow
