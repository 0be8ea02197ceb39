#include "ops/metrics/quality/image_slices.h"

#include <vector>

#include "engine/error.h"

namespace ganflow {
namespace {

// How many slices there are. Throws for images that do not make whole ones.
Extent slices_of(std::size_t numbers, Extent elements, Extent frames) {
  const auto all = static_cast<Extent>(numbers);
  if (frames < 2 || all == 0 || all % (elements * frames) != 0)
    fail(Fault::usage,
         "slices: {} numbers in slices of {} frames of {} elements, give whole slices of at least "
         "2 frames",
         all, frames, elements);
  return all / (elements * frames);
}

}  // namespace

SlicedMsSsim sliced_ms_ssim(const MsSsim& similarity, std::span<const float> images,
                            Extent frames) {
  const Extent elements = similarity.elements();
  const Extent slices = slices_of(images.size(), elements, frames);
  std::vector<double> pairs, adjacent;
  for (Extent s = 0; s < slices; ++s) {
    std::vector<MsSsim::Image> prepared;
    for (Extent i = 0; i < frames; ++i)
      prepared.push_back(similarity.prepare(images.data() + (s * frames + i) * elements));
    double sum = 0, neighbours = 0;
    for (Extent i = 0; i < frames; ++i)
      for (Extent j = i + 1; j < frames; ++j) {
        const double value = similarity(prepared[i], prepared[j]);
        sum += value;
        if (j == i + 1) neighbours += value;
      }
    const auto n = static_cast<double>(frames);
    pairs.push_back(2 * sum / (n * (n - 1)));
    adjacent.push_back(neighbours / (n - 1));
  }
  return {mean_deviation(pairs), mean_deviation(adjacent)};
}

double sharpness(const Picture& picture, const float* pixels) {
  const Extent h = picture.height, w = picture.width;
  if (picture.channels < 1 || h < 3 || w < 3)
    fail(Fault::usage, "sharpness: images are {} x {} with {} channels, give at least 3 x 3 with 1",
         h, w, picture.channels);
  double sum = 0, squares = 0;
  for (Extent c = 0; c < picture.channels; ++c)
    for (Extent i = 1; i + 1 < h; ++i)
      for (Extent j = 1; j + 1 < w; ++j) {
        const float* x = pixels + (c * h + i) * w + j;
        const double laplacian =
            static_cast<double>(x[-w]) + x[w] + x[-1] + x[1] - 4 * static_cast<double>(x[0]);
        sum += laplacian;
        squares += laplacian * laplacian;
      }
  const auto n = static_cast<double>(picture.channels * (h - 2) * (w - 2));
  return squares / n - sum / n * (sum / n);
}

SliceSharpness slice_sharpness(const Picture& picture, std::span<const float> images,
                               Extent frames) {
  const Extent elements = picture.channels * picture.height * picture.width;
  const Extent slices = slices_of(images.size(), elements, frames);
  double ends = 0, inner = 0;
  for (Extent s = 0; s < slices; ++s)
    for (Extent i = 0; i < frames; ++i) {
      const double value = sharpness(picture, images.data() + (s * frames + i) * elements);
      (i == 0 || i + 1 == frames ? ends : inner) += value;
    }
  ends /= static_cast<double>(2 * slices);
  inner /= static_cast<double>((frames - 2) * slices);
  return {ends, inner / ends};
}

}  // namespace ganflow
