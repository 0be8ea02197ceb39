#include "io/images/picture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr Extent kMostTiles = 64;
constexpr Extent kSide = 512;  // of a scatter plot
constexpr Extent kBins = 128;  // of a histogram

// Where x lies in `cells` cells; outside of [0, cells) if x is outside.
Extent cell_of(const PlotRange& range, double x, Extent cells) {
  const double at = (x - range.lo) / (range.hi - range.lo) * static_cast<double>(cells);
  return at >= 0 && at <= static_cast<double>(cells) ? std::min(static_cast<Extent>(at), cells - 1)
                                                     : -1;
}

Pixels white(Extent height, Extent width, Extent channels) {
  return {height, width, channels,
          std::vector<std::uint8_t>(static_cast<std::size_t>(height * width * channels), 255)};
}

Pixels histogram(const Samples& samples, const PlotRange& range) {
  std::vector<Extent> counts(kBins);
  for (const float x : samples.data)
    if (const Extent bin = cell_of(range, x, kBins); bin >= 0)
      ++counts[static_cast<std::size_t>(bin)];
  const double most =
      static_cast<double>(std::max<Extent>(1, *std::max_element(counts.begin(), counts.end())));
  Pixels pixels = white(kSide, kSide, 1);
  for (Extent x = 0; x < kSide; ++x) {
    const auto count = static_cast<double>(counts[static_cast<std::size_t>(x * kBins / kSide)]);
    const Extent bar = std::lround(count / most * static_cast<double>(kSide));
    for (Extent y = kSide - bar; y < kSide; ++y)
      pixels.data[static_cast<std::size_t>(y * kSide + x)] = 64;
  }
  return pixels;
}

// What would be read past the end of the samples, or drawn by no rule.
void require_drawable(const Samples& samples) {
  const Picture& p = samples.picture;
  const Extent row = samples.row.elements();
  if (samples.data.size() < static_cast<std::size_t>(samples.n * row))
    fail(Fault::usage, "picture '{}': {} rows of {} numbers are {}, the samples hold {}",
         samples.name, samples.n, row, samples.n * row, samples.data.size());
  if (p.channels == 0) {
    if (row < 1) fail(Fault::usage, "picture '{}': a point has no coordinates", samples.name);
    return;
  }
  if (p.channels != 1 && p.channels != 3)
    fail(Fault::usage, "picture '{}' has {} channels, expected 1, 3 or 0 for points", samples.name,
         p.channels);
  if (p.height < 1 || p.width < 1 || p.columns < 0)
    fail(Fault::usage, "picture '{}' has {} x {} pixels in {} columns, expected at least 1 x 1",
         samples.name, p.height, p.width, p.columns);
  if (p.height > row || p.width > row || p.height * p.width * p.channels != row)
    fail(Fault::usage,
         "picture '{}' of {} x {} pixels and {} channel{} does not fit samples of {} numbers",
         samples.name, p.height, p.width, p.channels, p.channels == 1 ? "" : "s", row);
  if (!(p.lo < p.hi))
    fail(Fault::usage, "picture '{}': the value of black, {}, is not below that of white, {}",
         samples.name, p.lo, p.hi);
}

}  // namespace

std::vector<std::uint8_t> to_bytes(const Samples& samples) {
  require_drawable(samples);
  const Picture& p = samples.picture;
  const Extent area = p.height * p.width, row = area * p.channels;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(samples.n * row));
  const double scale = 255 / (p.hi - p.lo);
  std::size_t out = 0;
  for (Extent n = 0; n < samples.n; ++n)
    for (Extent pixel = 0; pixel < area; ++pixel)
      for (Extent c = 0; c < p.channels; ++c) {
        const auto from = static_cast<std::size_t>(n * row + c * area + pixel);
        const double x = (samples.data[from] - p.lo) * scale;
        bytes[out++] = static_cast<std::uint8_t>(std::isnan(x) ? 0 : std::clamp(x, 0., 255.) + .5);
      }
  return bytes;
}

Pixels tile_grid(const Samples& samples) {
  const Picture& p = samples.picture;
  const std::vector<std::uint8_t> bytes = to_bytes(samples);
  Extent tiles = std::min(samples.n, kMostTiles);
  if (p.columns > 0 && tiles < samples.n)
    tiles = std::max<Extent>(1, tiles / p.columns) * p.columns;
  const Extent across =
      p.columns > 0
          ? p.columns
          : std::max<Extent>(1, std::lround(std::ceil(std::sqrt(static_cast<double>(tiles)))));
  const Extent down = std::max<Extent>(1, (tiles + across - 1) / across);
  Pixels grid = white(down * (p.height + 1) - 1, across * (p.width + 1) - 1, p.channels);
  const Extent line = p.width * p.channels;
  for (Extent tile = 0; tile < tiles; ++tile)
    for (Extent y = 0; y < p.height; ++y) {
      const Extent row = (tile / across) * (p.height + 1) + y;
      const Extent column = (tile % across) * (p.width + 1);
      std::copy_n(bytes.begin() + (tile * p.height + y) * line, line,
                  grid.data.begin() + (row * grid.width + column) * p.channels);
    }
  return grid;
}

PlotRange plot_range(const Samples& samples) {
  if (samples.picture.lo < samples.picture.hi) return {samples.picture.lo, samples.picture.hi};
  double lo = std::numeric_limits<double>::infinity(), hi = -lo;
  for (const float x : samples.data) {
    if (!std::isfinite(x)) continue;
    lo = std::min<double>(lo, x);
    hi = std::max<double>(hi, x);
  }
  return lo < hi ? PlotRange{lo, hi} : PlotRange{0, 1};
}

Pixels scatter(const Samples& samples) {
  require_drawable(samples);
  const PlotRange range = plot_range(samples);
  const Extent dimensions = samples.row.elements();
  if (dimensions < 2) return histogram(samples, range);
  Pixels pixels = white(kSide, kSide, 1);
  for (Extent n = 0; n < samples.n; ++n) {
    const float* point = samples.data.data() + n * dimensions;
    const Extent x = cell_of(range, point[0], kSide), y = cell_of(range, point[1], kSide);
    if (x < 0 || y < 0) continue;
    for (Extent dy = -1; dy <= 1; ++dy)
      for (Extent dx = -1; dx <= 1; ++dx) {
        const Extent u = x + dx, v = kSide - 1 - y + dy;
        if (u < 0 || v < 0 || u >= kSide || v >= kSide) continue;
        // Darker where points overlap.
        std::uint8_t& pixel = pixels.data[static_cast<std::size_t>(v * kSide + u)];
        pixel = static_cast<std::uint8_t>(pixel / 2);
      }
  }
  return pixels;
}

Pixels draw(const Samples& samples) {
  return samples.picture.channels == 0 ? scatter(samples) : tile_grid(samples);
}

}  // namespace ganflow
