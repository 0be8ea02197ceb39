#include "ops/metrics/quality/random_features.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/metrics/quality/linear_algebra.h"
#include "ops/metrics/quality/sliced_wasserstein.h"

namespace ganflow {

RandomFeatures::RandomFeatures(const Picture& picture) : picture_(picture) {
  if (picture.channels < 1)
    fail(Fault::usage, "random features: samples are points, they are taken of images");
  const Extent side = std::min(picture.height, picture.width);
  window_ = std::min<Extent>(5, side);
  cells_ = std::min<Extent>(4, side - window_ + 1);
  const std::vector<float> filters = random_directions(
      kFilters, picture.channels * window_ * window_, stream_id("random features"));
  filters_.assign(filters.begin(), filters.end());
}

std::vector<float> RandomFeatures::features(const float* images, Extent n) const {
  const Extent height = picture_.height, width = picture_.width, channels = picture_.channels;
  const Extent rows = height - window_ + 1, columns = width - window_ + 1, places = rows * columns,
               taps = channels * window_ * window_;
  const double scale = 2 / (picture_.hi - picture_.lo);
  std::vector<double> patches(static_cast<std::size_t>(taps * places)),
      responses(static_cast<std::size_t>(kFilters * places));
  std::vector<float> result;
  for (Extent i = 0; i < n; ++i) {
    const float* image = images + i * channels * height * width;
    double* patch = patches.data();
    for (Extent c = 0; c < channels; ++c)
      for (Extent v = 0; v < window_; ++v)
        for (Extent u = 0; u < window_; ++u)
          for (Extent y = 0; y < rows; ++y)
            for (Extent x = 0; x < columns; ++x)
              *patch++ = (image[(c * height + y + v) * width + x + u] - picture_.lo) * scale - 1;
    std::fill(responses.begin(), responses.end(), 0.0);
    multiply_add(kFilters, places, taps, filters_.data(), taps, patches.data(), places,
                 responses.data(), places);
    for (Extent f = 0; f < kFilters; ++f)
      for (Extent q = 0; q < cells_; ++q)
        for (Extent p = 0; p < cells_; ++p) {
          const Extent top = q * rows / cells_, bottom = (q + 1) * rows / cells_,
                       left = p * columns / cells_, right = (p + 1) * columns / cells_;
          double sum = 0;
          for (Extent y = top; y < bottom; ++y)
            for (Extent x = left; x < right; ++x)
              sum += std::max(0.0, responses[f * places + y * columns + x]);
          result.push_back(
              static_cast<float>(sum / static_cast<double>((bottom - top) * (right - left))));
        }
  }
  return result;
}

}  // namespace ganflow
