// What divergences do to a Gaussian that is fitted to data on the line (LE-04, TH-05).
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

// density-fit: D_f itself of both densities, on a grid. density-game: the same from samples alone,
// by the game of f_gan.h; density-game-1d of one Gaussian, where n_generator=0 leaves the critic's
// bound on the divergence of two that are known. Columns mean, std of the fit; options divergence,
// mean (where it starts; std starts at 1).
std::vector<NamedGraph> divergence_presets();

}  // namespace ganflow
