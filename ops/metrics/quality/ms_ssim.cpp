#include "ops/metrics/quality/ms_ssim.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr double kWeights[] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
constexpr Extent kWindow = 11;
constexpr double kSigma = 1.5;

// Centred between two pixels if its size is even.
std::vector<double> gaussian_window(Extent size) {
  const double sigma = kSigma * static_cast<double>(size) / kWindow;
  std::vector<double> window;
  for (Extent i = 0; i < size; ++i) {
    const double x = static_cast<double>(i) - static_cast<double>(size - 1) / 2;
    window.push_back(std::exp(-x * x / (2 * sigma * sigma)));
  }
  const double sum = std::accumulate(window.begin(), window.end(), 0.0);
  for (double& w : window) w /= sum;
  return window;
}

// Means of 2 x 2 pixels; an odd last row or column stands twice.
std::vector<double> halved(const std::vector<double>& x, Extent channels, Extent height,
                           Extent width) {
  std::vector<double> result;
  for (Extent c = 0; c < channels; ++c)
    for (Extent i = 0; i < height; i += 2)
      for (Extent j = 0; j < width; j += 2) {
        const double* upper = x.data() + (c * height + i) * width;
        const double* lower = i + 1 < height ? upper + width : upper;
        const Extent right = std::min(j + 1, width - 1);
        result.push_back((upper[j] + upper[right] + lower[j] + lower[right]) / 4);
      }
  return result;
}

}  // namespace

MsSsim::MsSsim(const Picture& picture, WindowRule rule) : channels_(picture.channels), rule_(rule) {
  const double range = picture.hi - picture.lo;
  c1_ = 0.01 * range * 0.01 * range;
  c2_ = 0.03 * range * 0.03 * range;
  if (channels_ < 1)
    fail(Fault::usage, "ms-ssim: samples are points, it compares images of 1 or more channels");
  Extent height = picture.height, width = picture.width;
  for (const double weight : kWeights) {
    const Extent side = std::min(height, width);
    if (rule == WindowRule::fixed && side < kWindow) break;
    scales_.push_back({height, width, gaussian_window(std::min(kWindow, side)), weight});
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }
  if (scales_.empty())
    fail(Fault::usage,
         "ms-ssim: images are {} x {} pixels, a window of {} does not fit, let it shrink",
         picture.height, picture.width, kWindow);
  if (scales_.size() == std::size(kWeights)) return;  // the paper's add up to 1.0001
  double sum = 0;
  for (const Size& size : scales_) sum += size.weight;
  for (Size& size : scales_) size.weight /= sum;
}

void MsSsim::window_means(const Size& size, const double* x, double* means) {
  const auto window = static_cast<Extent>(size.window.size());
  const Extent columns = size.columns();
  std::vector<double> along(static_cast<std::size_t>(size.height * columns));
  for (Extent i = 0; i < size.height; ++i)
    for (Extent w = 0; w < window; ++w)
      for (Extent j = 0; j < columns; ++j)
        along[i * columns + j] += size.window[w] * x[i * size.width + j + w];
  std::fill_n(means, size.rows() * columns, 0.0);
  for (Extent i = 0; i < size.rows(); ++i)
    for (Extent w = 0; w < window; ++w)
      for (Extent j = 0; j < columns; ++j)
        means[i * columns + j] += size.window[w] * along[(i + w) * columns + j];
}

void MsSsim::window_means(const Size& size, const double* x, const double* y, double* means) {
  std::vector<double> products(static_cast<std::size_t>(size.height * size.width));
  for (std::size_t i = 0; i < products.size(); ++i) products[i] = x[i] * y[i];
  window_means(size, products.data(), means);
}

MsSsim::Image MsSsim::prepare(const float* pixels) const {
  Image image;
  std::vector<double> plane(pixels, pixels + elements());
  for (const Size& size : scales_) {
    if (!image.empty()) {
      const Size& before = scales_[image.size() - 1];
      plane = halved(image.back().pixels, channels_, before.height, before.width);
    }
    const Extent windows = size.rows() * size.columns();
    Scale scale{.pixels = plane};
    scale.mean.resize(static_cast<std::size_t>(channels_ * windows));
    scale.variance.resize(scale.mean.size());
    for (Extent c = 0; c < channels_; ++c) {
      const double* x = plane.data() + c * size.height * size.width;
      window_means(size, x, scale.mean.data() + c * windows);
      window_means(size, x, x, scale.variance.data() + c * windows);
    }
    for (std::size_t i = 0; i < scale.mean.size(); ++i)
      scale.variance[i] -= scale.mean[i] * scale.mean[i];
    image.push_back(std::move(scale));
  }
  return image;
}

double MsSsim::operator()(const Image& x, const Image& y) const {
  double total = 0;
  std::vector<double> products;
  for (Extent c = 0; c < channels_; ++c) {
    double similarity = 1;
    for (std::size_t s = 0; s < scales_.size(); ++s) {
      const Size& size = scales_[s];
      const Extent windows = size.rows() * size.columns(), plane = size.height * size.width;
      products.resize(static_cast<std::size_t>(windows));
      window_means(size, x[s].pixels.data() + c * plane, y[s].pixels.data() + c * plane,
                   products.data());
      const double *mean_x = x[s].mean.data() + c * windows,
                   *mean_y = y[s].mean.data() + c * windows,
                   *variance_x = x[s].variance.data() + c * windows,
                   *variance_y = y[s].variance.data() + c * windows;
      const bool last = s + 1 == scales_.size();
      double sum = 0;
      for (Extent i = 0; i < windows; ++i) {
        const double product = mean_x[i] * mean_y[i];
        double value = (2 * (products[i] - product) + c2_) / (variance_x[i] + variance_y[i] + c2_);
        if (last)
          value *= (2 * product + c1_) / (mean_x[i] * mean_x[i] + mean_y[i] * mean_y[i] + c1_);
        sum += value;
      }
      const double mean = sum / static_cast<double>(windows);
      similarity *= std::pow(mean < 0 ? 0 : mean, size.weight);  // nan stays
    }
    total += similarity;
  }
  return total / static_cast<double>(channels_);
}

std::string MsSsim::rule() const {
  return fmt::format("{} scales, window {}", scales_.size(),
                     rule_ == WindowRule::shrink ? "min(11, side)" : "11");
}

}  // namespace ganflow
