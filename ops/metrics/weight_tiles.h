// Whether what a generator paints with is an image or noise: the weights of its last layer, seen as
// one tile a hidden unit (TH-32, TH Fig. 5.3).
//
//   r = mean over pairs of neighbours of (w - m)(w' - m)  /  mean over pixels of (w - m)^2
//
// neighbours one pixel apart in a row or column, m the mean of the tile: about 0 for white noise, 1
// for a smooth tile; 0 for a flat one.
#pragma once

#include "engine/graph/formula.h"

namespace ganflow {

struct WeightTiles {
  Network network;                 // forwarded before
  Extent height = 28, width = 28;  // of a tile, at least 2
  Extent channels = 1;             // tiles of a unit
  double least = 0.2;              // a tile with a smaller r is noise

  // -> (): share of tiles that are noise. Taps "correlation", r of every tile. Reads the last
  // parameter of shape (units, channels height width); throws Error(usage) where there is none.
  Value operator()(Formula& f) const;
};

}  // namespace ganflow
