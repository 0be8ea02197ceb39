// The Swiss roll seen from its side (MU-09): scikit-learn's make_swiss_roll, axes 0 and 2.
#pragma once

#include <array>
#include <memory>

#include "engine/graph/host.h"
#include "ops/primitives/formulas/points.h"

namespace ganflow {

// The curve (t cos t, t sin t) / 7.5 with t = 1.5 pi (1 + 2 u), u in [0, 1], in the coordinates of
// the data.
using formulas::kSwissRollScale;
std::array<double, 2> swiss_roll_curve(double u);

// Output (N, 2) = swiss_roll_curve(u) + noise * Normal(0, 1) / 7.5, u ~ U(0, 1), endless.
// noise is in the units of t; below 0 or not finite throws Error(usage).
struct SwissRoll {
  double noise = 0.25;

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
