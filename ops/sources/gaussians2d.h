// Planar mixtures of equal Gaussians: the toy data sets of MU Fig. 4 (MU-09).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/host.h"

namespace ganflow {

// In the coordinates of the data: scaled.
struct Mixture2d {
  std::string name;
  std::vector<std::array<double, 2>> modes;  // equal weights
  double std;                                // per axis
};

// Ring of radius 2, std 0.02, everything divided by 1.414.
Mixture2d gaussians8();
// Grid -4, -2, .. 4 in both axes, std 0.05, everything divided by 2.828.
Mixture2d gaussians25();

// Output (N, 2), endless.
struct Gaussians8 {
  std::shared_ptr<const Source> open() const;
};
struct Gaussians25 {
  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
