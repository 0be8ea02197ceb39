// Images brought to another size by bilinear interpolation between pixel centres, without
// smoothing, as PyTorch's interpolate(mode="bilinear", align_corners=False) and the lineage of FID.
//
//   y[p,q] = sum over h,w of u(p,h) v(q,w) x[h,w],   u(p,h) = max(0, 1 - |s(p) - h|)
//   s(p) = (p + 1/2) H / P - 1/2, held between 0 and H - 1; v likewise
//
//   x (N,C,H,W) -> y (N,C,P,Q)
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct Resize {
  Extent height = 1, width = 1;  // P, Q >= 1

  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
