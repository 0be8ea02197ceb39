#include "engine/graph/picture.h"

#include <cmath>

#include "engine/error.h"

namespace ganflow {

void require_drawable(const std::string& samples, const Picture& p, const Shape& row) {
  if (!p.drawn) return;
  const bool points = p.channels == 0;
  if (!points && p.channels != 1 && p.channels != 3)
    fail(Fault::usage,
         "{}: the picture has {} channels, it takes 1 (gray), 3 (RGB) or 0 for points", samples,
         p.channels);
  if (!std::isfinite(p.lo) || !std::isfinite(p.hi) || p.lo > p.hi || (!points && p.lo == p.hi))
    fail(Fault::usage, "{}: the picture's range is from {} to {}, lo must be below hi", samples,
         p.lo, p.hi);
  if (p.columns < 0)
    fail(Fault::usage, "{}: the picture has {} columns, it must have at least 0", samples,
         p.columns);
  if (points) {
    if (row.elements() < 1 || row.elements() > 2)
      fail(Fault::usage,
           "{}: points have 1 or 2 numbers, a sample {} has {}; give the picture a height, a width "
           "and 1 or 3 channels",
           samples, row.str(), row.elements());
    return;
  }
  if (p.height < 1 || p.width < 1)
    fail(Fault::usage,
         "{}: the picture is {} x {} pixels, both must be at least 1; channels = 0 draws points",
         samples, p.height, p.width);
  const Shape planes{p.channels, p.height, p.width};
  if (row.elements() != planes.elements() || (row.rank() == 3 && !(row == planes)))
    fail(Fault::usage,
         "{}: a picture {} [C,H,W] has {} numbers, a sample {} has {}: they must be the same",
         samples, planes.str(), planes.elements(), row.str(), row.elements());
}

}  // namespace ganflow
