#include "io/data/resample.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "io/data/parallel.h"

namespace ganflow {
namespace {

// The input pixels that make one output pixel.
struct Taps {
  Extent first = 0;
  std::vector<float> weights;
};

std::vector<Taps> taps_of(Extent in, Extent out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double reach = std::max(scale, 1.0);
  std::vector<Taps> all;
  for (Extent o = 0; o < out; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * scale;
    const Extent first = std::max<Extent>(0, std::llround(std::floor(centre - reach)));
    const Extent last = std::min<Extent>(in, std::llround(std::ceil(centre + reach)));
    std::vector<double> weights;
    double sum = 0;
    for (Extent i = first; i < last; ++i) {
      weights.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(i) + 0.5 - centre) / reach));
      sum += weights.back();
    }
    Taps& taps = all.emplace_back(Taps{first, {}});
    for (const double w : weights) taps.weights.push_back(static_cast<float>(w / sum));
  }
  return all;
}

// (outer, in, inner) -> (outer, taps, inner)
template <class T>
std::vector<float> along(const std::vector<T>& from, Extent outer, Extent in, Extent inner,
                         const std::vector<Taps>& taps) {
  const auto out = static_cast<Extent>(taps.size());
  std::vector<float> to(static_cast<std::size_t>(outer * out * inner), 0.0f);
  for (Extent a = 0; a < outer; ++a)
    for (Extent o = 0; o < out; ++o) {
      const Taps& t = taps[static_cast<std::size_t>(o)];
      float* row = to.data() + (a * out + o) * inner;
      for (std::size_t k = 0; k < t.weights.size(); ++k) {
        const T* source = from.data() + (a * in + t.first + static_cast<Extent>(k)) * inner;
        for (Extent j = 0; j < inner; ++j) row[j] += t.weights[k] * static_cast<float>(source[j]);
      }
    }
  return to;
}

}  // namespace

Pixels centre_crop(const Pixels& picture, Extent height, Extent width) {
  const Extent top = (picture.height - height) / 2, left = (picture.width - width) / 2;
  Pixels crop{height, width, picture.channels, {}};
  const Extent line = width * picture.channels;
  for (Extent y = 0; y < height; ++y) {
    const auto from = picture.data.begin() + ((top + y) * picture.width + left) * picture.channels;
    crop.data.insert(crop.data.end(), from, from + line);
  }
  return crop;
}

Pixels resize(const Pixels& picture, Extent height, Extent width) {
  const std::vector<float> lines =
      along(picture.data, 1, picture.height, picture.width * picture.channels,
            taps_of(picture.height, height));
  const std::vector<float> values =
      along(lines, height, picture.width, picture.channels, taps_of(picture.width, width));
  Pixels result{height, width, picture.channels, {}};
  for (const float v : values)
    result.data.push_back(static_cast<std::uint8_t>(std::clamp(v, 0.0f, 255.0f) + 0.5f));
  return result;
}

Pixels with_channels(const Pixels& picture, Extent channels) {
  if (picture.channels == channels) return picture;
  Pixels result{picture.height, picture.width, channels, {}};
  const std::vector<std::uint8_t>& in = picture.data;
  if (channels == 3) {
    for (const std::uint8_t grey : in) result.data.insert(result.data.end(), 3, grey);
  } else {
    for (std::size_t i = 0; i + 2 < in.size(); i += 3)
      result.data.push_back(static_cast<std::uint8_t>(
          (299 * in[i] + 587 * in[i + 1] + 114 * in[i + 2] + 500) / 1000));
  }
  return result;
}

void resize_images(ImageSet& set, Extent side) {
  const auto plane = static_cast<std::size_t>(set.height * set.width),
             out = static_cast<std::size_t>(side * side),
             planes = static_cast<std::size_t>(set.count * set.channels);
  const Extent crop = std::min(set.height, set.width);
  if (planes > kMaxImageSetBytes / out)
    fail(Fault::usage, "--set size={}: {} images of that size are more than {} bytes", side,
         set.count, kMaxImageSetBytes);
  std::vector<std::uint8_t> bytes(planes * out);
  read_each(planes, [&](std::size_t i) {
    const auto begin = set.bytes.begin() + static_cast<std::ptrdiff_t>(i * plane);
    const Pixels one{set.height, set.width, 1, {begin, begin + static_cast<std::ptrdiff_t>(plane)}};
    const Pixels small = resize(centre_crop(one, crop, crop), side, side);
    std::copy(small.data.begin(), small.data.end(),
              bytes.begin() + static_cast<std::ptrdiff_t>(i * out));
  });
  set.bytes = std::move(bytes);
  set.height = set.width = side;
}

}  // namespace ganflow
