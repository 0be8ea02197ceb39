// Adaptive discriminator augmentation (Karras et al. 2020, section 3.1): how often real and fake
// images are augmented is raised where the critic knows its real images too well, and lowered where
// it does not. Every `interval` steps, r the mean of sign(D(real)) over them, N images each:
//
//   p <- max(0, p + sign(r - target) interval N / images)
//
//   const Port seen = g.add("real_augment", DiffAugment{.memory = "augment"}, real);
//   ...
//   g.phase("critic", 1).minimize(...).also(g.add("adapt", AdaptAugment{}, d_real));
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct AdaptAugment {
  std::string memory = "augment";  // one name, one probability
  double target = 0.6;             // of r, in (-1, 1)
  Extent images = 500000;          // real ones, in which p may rise from 0 to 1; >= 1
  Extent interval = 4;             // steps between two changes of p, >= 1

  // d_real (N,...), of which 0 is undecided: logits. -> (), the p of this step. State
  // "<memory>/p", 0 at first, "<memory>/sum" of the means since p changed and "<memory>/steps" of
  // them. Columns "<node>.p" and "<node>.r", the mean of this step.
  Value operator()(Formula& f, Value d_real) const;
};

// p as the step begins, ().
Value augment_probability(Formula& f, const std::string& memory);

}  // namespace ganflow
