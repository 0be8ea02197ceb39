// The fast matmul of the CPU: libxsmm on tiles.
#pragma once

#include <memory>

#include "engine/cpu/tiled.h"
#include "engine/tensor/dtype.h"

namespace ganflow {

// (m,k) (k,n) -> (m,n); ta: A is stored (k,m), tb: B is stored (n,k).
struct MatmulShape {
  Extent m, n, k;
  bool ta = false, tb = false;
};

std::unique_ptr<const cpu::TiledProduct> tiled_matmul(const MatmulShape& shape,
                                                      Precision precision);

}  // namespace ganflow
