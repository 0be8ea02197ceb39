// Divergences between two densities given by their logarithms on a grid (TH-05, LE-04), as losses
// to fit one to the other: members of D_f = sum q f(p/q) cell, written so that nothing overflows.
//
//   kl           f(u) = u log u                                covers all of p
//   reverse_kl   f(u) = -log u                                 stays inside of p
//   js           f(u) = (u log u - (u + 1) log((u + 1) / 2)) / 2
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

enum class Divergence : std::uint8_t { kl, reverse_kl, js };
std::vector<std::pair<std::string, Divergence>> divergence_names();

struct FDivergence {
  Divergence divergence = Divergence::kl;
  double cell = 1;  // of the grid, > 0

  // log_p, log_q (M,...) of equal shapes -> ()
  Value operator()(Formula& f, Value log_p, Value log_q) const;
};

}  // namespace ganflow
