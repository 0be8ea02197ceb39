// Divergences between two densities given by their logarithms on a grid (TH-05, LE-04), as losses
// to fit one to the other: members of D_f = sum q f(p/q) cell. Those of bounded densities never
// overflow, but for pearson, which is as large as it says.
//
//   kl           f(u) = u log u                                covers all of p
//   reverse_kl   f(u) = -log u                                 stays inside of p
//   pearson      f(u) = (u - 1)^2
//   hellinger    f(u) = (sqrt(u) - 1)^2                        squared, 0 .. 2
//   js           f(u) = (u log u - (u + 1) log((u + 1) / 2)) / 2
//   gan          f(u) = u log u - (u + 1) log(u + 1)           2 js - log 4
//
// Of samples instead of densities: f_gan.h.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

enum class Divergence : std::uint8_t { kl, reverse_kl, pearson, hellinger, js, gan };
std::vector<std::pair<std::string, Divergence>> divergence_names();

struct FDivergence {
  Divergence divergence = Divergence::kl;
  double cell = 1;  // of the grid, > 0

  // log_p, log_q (M,...) of equal shapes -> ()
  Value operator()(Formula& f, Value log_p, Value log_q) const;
};

}  // namespace ganflow
