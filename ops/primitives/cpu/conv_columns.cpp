#include <algorithm>
#include <vector>

#include "ops/primitives/cpu/conv_images.h"

namespace ganflow {
namespace {

// Columns (kernel rows x columns x channels) per pixel of the operand, added into the image.
template <class T>
class ColumnsConv final : public ImagesConv<T> {
  using Base = ImagesConv<T>;
  using Base::image_;
  using Base::z_;

 public:
  explicit ColumnsConv(const ConvSizes& z) : Base(ConvKind::input, z), columns_(z.r * z.s * z.c) {
    this->set_chunk(image_);
    this->packed_ = Base::panel_elements(columns_, z.o);
    this->work_ = z.p * z.q * columns_;
    for (Extent i = 0; i < z.p * z.q; ++i) {
      pixels_.push_back(i * z.o);
      places_.push_back(i * columns_);
    }
  }

 private:
  // panel[o][lane], lanes being (r, s, c).
  Extent panels() const override { return up(columns_, kLanes<T>); }
  void pack(const T* kernels, T* to, cpu::Units which) const override {
    const Extent width = kLanes<T>;
    to += which.begin * z_.o * width;
    for (Extent first = which.begin * width; first < std::min(columns_, which.end * width);
         first += width)
      for (Extent o = 0; o < z_.o; ++o)
        for (Extent lane = 0; lane < width; ++lane, ++to) {
          const Extent column = first + lane, rs = column / z_.c, c = column % z_.c;
          *to = column < columns_ ? kernels[(o * z_.c + c) * z_.r * z_.s + rs] : T(0);
        }
  }

  void compute(const T* x, const T* panels, T* columns, T* y, Extent images) const override {
    const Extent tap = 0;
    for (Extent i = 0; i < images; ++i) {
      RowsJob<T> job{};
      job.x = x + i * this->operand_;
      job.taps = &tap;
      job.tap_count = 1;
      job.depth = z_.o;
      job.panel = panels;
      this->multiply(job, columns, columns_, pixels_.data(), places_.data(), z_.p * z_.q);
      add(columns, y + i * image_);
    }
  }

  void add(const T* columns, T* image) const {
    std::fill_n(image, image_, T(0));
    for (Extent p = 0; p < z_.p; ++p)
      for (Extent q = 0; q < z_.q; ++q, columns += columns_) {
        const Extent top = p * z_.stride - z_.top, left = q * z_.stride - z_.left;
        const Extent from = std::max<Extent>(0, -left), end = std::min(z_.s, z_.w - left);
        for (Extent r = std::max<Extent>(0, -top); r < std::min(z_.r, z_.h - top); ++r) {
          T* to = image + ((top + r) * z_.w + left + from) * z_.c;
          const T* x = columns + (r * z_.s + from) * z_.c;
          for (Extent i = 0; i < (end - from) * z_.c; ++i) to[i] += x[i];
        }
      }
  }

  Extent columns_;
  std::vector<Extent> pixels_, places_;
};

}  // namespace

template <class T>
std::unique_ptr<const cpu::TiledProduct> columns_conv(const ConvSizes& sizes) {
  return std::make_unique<ColumnsConv<T>>(sizes);
}
template std::unique_ptr<const cpu::TiledProduct> columns_conv<float>(const ConvSizes& sizes);
template std::unique_ptr<const cpu::TiledProduct> columns_conv<double>(const ConvSizes& sizes);

}  // namespace ganflow
