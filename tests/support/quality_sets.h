// Fixed features and images, exact functions of their indices: the same as in
// tests/references/quality_measures.py.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow::test {

// In [0, 1), 24 bits, by integer mixing.
inline double mixed_uniform(std::uint32_t stream, std::uint32_t i, std::uint32_t j) {
  std::uint32_t x = stream * 0x9E3779B1u + i * 0x85EBCA77u + j * 0xC2B2AE3Du;
  x = (x ^ x >> 15) * 0x2C1B3C6Du;
  x = (x ^ x >> 12) * 0x297A2D39u;
  x ^= x >> 15;
  return (x >> 8) * 0x1p-24;
}

inline double mixed_bell(std::uint32_t stream, std::uint32_t i, std::uint32_t j) {
  return mixed_uniform(3 * stream, i, j) + mixed_uniform(3 * stream + 1, i, j) +
         mixed_uniform(3 * stream + 2, i, j) - 1.5;
}

struct FeatureSet {
  std::vector<float> values;
  Extent n = 0, width = 0;
  operator FeatureRows() const { return {values, n, width}; }  // NOLINT: implicit on purpose
};

inline FeatureSet mixed_features(std::uint32_t stream, std::uint32_t n, std::uint32_t width,
                                 double scale = 1, double shift = 0) {
  FeatureSet set{.n = n, .width = width};
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = 0; j < width; ++j)
      set.values.push_back(static_cast<float>(scale * mixed_bell(stream, i, j) +
                                              0.5 * mixed_bell(stream, i, j / 2 + 100) +
                                              shift * (j % 3)));
  return set;
}

// (channels, side, side) in [0, 1).
inline std::vector<float> mixed_image(std::uint32_t stream, std::uint32_t channels,
                                      std::uint32_t side) {
  std::vector<float> image;
  for (std::uint32_t c = 0; c < channels; ++c)
    for (std::uint32_t y = 0; y < side; ++y)
      for (std::uint32_t x = 0; x < side; ++x)
        image.push_back(static_cast<float>(0.5 * ((13 * y + 7 * x + 5 * c) % 64) / 64 +
                                           0.5 * mixed_uniform(stream, side * y + x, c)));
  return image;
}

}  // namespace ganflow::test
