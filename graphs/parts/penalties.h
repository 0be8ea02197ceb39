// Penalties on the slopes of both players, with their options.
#pragma once

#include <vector>

#include "graphs/parts/players.h"
#include "graphs/parts/update_rule.h"

namespace ganflow {

// Defaults of penalty.lambda and of the options of the same names.
struct CriticPenalty {
  double lambda = 10;                    // >= 0
  double target = 1;                     // of |grad D|, >= 0; 0: the simple penalty
  std::string measure = "interpolated";  // where it looks
  // A of the anchored measure, element by element, the last one for all others; {}: grey where
  // pixels are in [0, 1], U(-1,1) otherwise.
  std::vector<double> anchor = {};
};

// Node "penalty". Options target, measure, coupled (a critic with batch norm or minibatch
// discrimination is refused without it, GU-20).
Port gradient_penalty(Graph& graph, const Players& players, const CriticPenalty& defaults = {});

// What keeps the slope of a Wasserstein game's critic bounded (GU-16), by option lipschitz:
//
//   penalty   gradient_penalty() beside its loss
//   clip      its weights clipped to [-clip, clip], a scalar, 0.01 unless set (LE-13, R-61)
struct CriticBound {
  UpdateRule rule;  // of both players, the critic's with the clipping
  Port penalty;     // absent: clipped
  Port beside(Port loss) const;
};
CriticBound critic_bound(Graph& graph, const Players& players, const UpdateRule& rule,
                         const CriticPenalty& defaults = {},
                         const std::string& lipschitz = "penalty");

// Defaults of the options smooth (gamma; 0: none) and smooth.k.
struct GeneratorPenalty {
  double gamma = 0;  // >= 0
  double k = 10;     // >= 0
};

// `objective` of the generator with Smooth GAN's penalty as node "smooth" beside it, if option
// smooth is above 0. Options smooth.norm, smooth.iterations, smooth.probes, smooth.exact (R-01,
//
Port smoothed(Graph& graph, const Players& players, Port objective,
              const GeneratorPenalty& defaults = {});

}  // namespace ganflow
