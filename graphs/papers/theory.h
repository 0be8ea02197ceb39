// Small games whose outcome is known: gradient flows of the mu-WGAN paper's lemmas, and two lines
// that the lecture moves to each other.
#pragma once

#include <vector>

#include "graphs/named_graph.h"

namespace ganflow {

// dirac-gan, uniform-gan, dirac-gan-square: one number each for critic (psi) and generator (theta);
// a row is where both are as a step begins, columns psi, theta, radius = |(psi, theta)|. Options
// psi, theta (where they start), method, order and, of dirac-gan, mass.fading: a of a penalty of
// mass exp(-a psi^2), whose radius in Lemma 1 is 1 / sqrt(a); scalars h, penalty.lambda = rho / 2
// . two-lines, two-lines-gan: column theta.
std::vector<NamedGraph> theory_presets();

}  // namespace ganflow
