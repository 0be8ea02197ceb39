// Generated samples as pixels: uint8 stacks, grids, scatter plots and histograms. All throw
// Error(usage) for a picture that its samples do not fill.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/graph/sink.h"

namespace ganflow {

struct Pixels {
  Extent height = 0, width = 0, channels = 1;  // 1 gray, 3 RGB
  std::vector<std::uint8_t> data;              // (H, W, C)
};

// round(255 (x - lo) / (hi - lo)), clamped; not-a-number is 0. Rows hold planes, (C, H, W) or
// flat in that order.
std::vector<std::uint8_t> to_bytes(const Samples& samples);  // (N, H, W, C)

// The first 64 samples as tiles, in picture.columns columns (of more than 64 whole rows only) or
// near square if that is 0, one white pixel between tiles, white where no tile is.
Pixels tile_grid(const Samples& samples);

// From edge to edge of a plot, on both axes: the picture's [lo, hi], of the data if lo >= hi.
struct PlotRange {
  double lo = 0, hi = 1;
};
PlotRange plot_range(const Samples& samples);

// Points (picture.channels = 0) over plot_range(), 512 x 512, the second
// coordinate upwards; rows of one element become a histogram. Points outside are left out.
Pixels scatter(const Samples& samples);

// tile_grid or scatter, whichever the picture asks for.
Pixels draw(const Samples& samples);

}  // namespace ganflow
