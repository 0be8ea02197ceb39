// The axes of a kernel's domain, as few as the tensors it walks allow: neighbouring axes that all
// of them walk alike are one.
#pragma once

#include <vector>

#include "engine/kernels/group.h"

namespace ganflow::kernels {

class Domain {
 public:
  Domain() = default;
  // `readings`: of everything walked, over `shape`. No axis is joined across `cut` (the axis behind
  // the cut; 0: none): there rows, tiles or kept axes begin.
  Domain(const Shape& shape, int cut, const std::vector<Reading>& readings);

  const std::vector<Extent>& outer() const { return outer_; }  // extents
  Extent inner() const { return inner_; }
  Extent outer_count() const;
  // Outer rows that belong to one index of axis 0; only with a cut at 1.
  Extent outer_per_row() const { return outer_.empty() ? 1 : outer_count() / outer_[0]; }

  // The steps of a reading over `shape` along the outer axes and the inner one.
  std::vector<Extent> outer_steps(const Reading& reading) const;
  Extent inner_step(const Reading& reading) const;

 private:
  std::vector<Extent> outer_;
  std::vector<int> outer_axes_;  // the axis of `shape` whose step counts
  Extent inner_ = 1;
  int inner_axis_ = -1;
};

}  // namespace ganflow::kernels
