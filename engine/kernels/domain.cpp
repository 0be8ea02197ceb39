#include "engine/kernels/domain.h"

#include <algorithm>

namespace ganflow::kernels {

Domain::Domain(const Shape& shape, int cut, const std::vector<Reading>& readings) {
  struct Group {
    Extent extent = 1;
    int axis = -1;  // the last one of more than one element
  };
  std::vector<Group> groups{{}};  // innermost first
  for (int axis = shape.rank(); axis-- > 0;) {
    const bool fresh = cut > 0 && axis == cut - 1;
    Group& group = groups.back();
    const auto joins = [&](const Reading& reading) {
      return reading.steps[static_cast<std::size_t>(axis)] ==
             reading.steps[static_cast<std::size_t>(group.axis)] * group.extent;
    };
    if (fresh) {
      groups.push_back({shape[axis], axis});
    } else if (shape[axis] == 1) {
      continue;
    } else if (group.extent == 1) {
      group = {shape[axis], axis};
    } else if (std::all_of(readings.begin(), readings.end(), joins)) {
      group.extent *= shape[axis];
    } else {
      groups.push_back({shape[axis], axis});
    }
  }
  inner_ = groups[0].extent;
  inner_axis_ = groups[0].axis;
  for (std::size_t g = groups.size(); g-- > 1;) {
    outer_.push_back(groups[g].extent);
    outer_axes_.push_back(groups[g].axis);
  }
}

Extent Domain::outer_count() const {
  Extent n = 1;
  for (const Extent e : outer_) n *= e;
  return n;
}

std::vector<Extent> Domain::outer_steps(const Reading& reading) const {
  std::vector<Extent> steps;
  for (const int axis : outer_axes_) steps.push_back(reading.steps[static_cast<std::size_t>(axis)]);
  return steps;
}

Extent Domain::inner_step(const Reading& reading) const {
  return inner_axis_ < 0 ? 0 : reading.steps[static_cast<std::size_t>(inner_axis_)];
}

}  // namespace ganflow::kernels
