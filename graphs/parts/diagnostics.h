// What training does to itself, as further columns: each by an option, none unless asked for.
#pragma once

#include "graphs/parts/players.h"
#include "ops/layers/activations.h"

namespace ganflow {

// Column "slope" of the critic's table if option slopes: ops/metrics/critic_slope.h at its fakes.
void tap_slope(Graph& graph, const Players& players, const Activation& seen = {});

// Beside the step of a player. Options gradients (columns "critic_gradients.0.w", ...:
// ops/metrics/gradient_norms.h); of the critic weights (bins of "weights.bin0", ...:
// weight_histogram.h) and of the generator tiles ("tiles", "tiles.correlation.p50":
// weight_tiles.h).
void diagnose_critic(Graph& graph, const Players& players, Phase phase, Port objective);
void diagnose_generator(Graph& graph, const Players& players, Phase phase, Port objective);

}  // namespace ganflow
