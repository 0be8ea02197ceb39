// One of two parallel lines (LE-12): a distribution that those beside it share no point with.
#pragma once

#include <memory>

#include "engine/graph/host.h"

namespace ganflow {

// Output (N, 2): (at, Z), Z ~ U(0, 1), endless. at: finite, otherwise open() throws Error(usage).
struct Line {
  double at = 0;

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
