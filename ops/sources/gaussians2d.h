// Mixtures of equal Gaussians: in the plane the toy data sets of MU Fig. 4 (MU-09), on the line
// that of TH Fig. 1.2 (TH-09) and that of LE's divergences (LE-04).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/host.h"

namespace ganflow {

// In the coordinates of the data: scaled.
struct Mixture {
  std::string name;
  std::vector<std::array<double, 2>> modes;  // equal weights; on the line the first axis counts
  double std;                                // per axis
  int axes = 2;                              // 1 or 2
};

// -2, 2 on the line, std 0.5; the lecture gives no numbers.
Mixture gaussians2();
// -4, 0, 4 on the line, std 0.5; the thesis gives no numbers.
Mixture gaussians3();

// Ring of radius 2, std 0.02, everything divided by 1.414.
Mixture gaussians8();
// Grid -4, -2, .. 4 in both axes, std 0.05, everything divided by 2.828.
Mixture gaussians25();

// Output (N, 1), endless.
struct Gaussians2 {
  std::shared_ptr<const Source> open() const;
};
struct Gaussians3 {
  std::shared_ptr<const Source> open() const;
};
// Output (N, 2), endless.
struct Gaussians8 {
  std::shared_ptr<const Source> open() const;
};
struct Gaussians25 {
  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
