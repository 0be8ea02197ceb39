#include <algorithm>
#include <vector>

#include "ops/primitives/cpu/conv_images.h"

namespace ganflow {
namespace {

// What the pixels of one residue have in common: the taps that meet them, as rows of the frame.
struct Phase {
  std::vector<Extent> taps;            // offsets of rows of the frame
  std::vector<Extent> rows, columns;   // of the kernels, in the order of the taps
  Extent depth = 0;                    // elements side by side: columns x channels
  std::vector<Extent> pixels, places;  // of an image: where the first tap and the result lie
  Extent terms() const { return static_cast<Extent>(taps.size()) * depth; }
};

// Convolution and input gradient: rows of the frame times panels of kernels.
template <class T>
class RowsConv final : public ImagesConv<T> {
  using Base = ImagesConv<T>;
  using Base::chunk_;
  using Base::image_;
  using Base::operand_;
  using Base::z_;

 public:
  RowsConv(ConvKind kind, const ConvSizes& z)
      : Base(kind, z), kind_(kind), channels_(kind == ConvKind::forward ? z.o : z.c) {
    if (kind == ConvKind::forward)
      forward();
    else
      residues();
    this->set_chunk(frame_.elements() + image_);
    for (const Phase& phase : phases_) this->packed_ += elements_of(phase);
    if (!frame_.is_image()) this->work_ = chunk_ * frame_.elements();
    // Tables for all the images of a chunk.
    for (Phase& phase : phases_) {
      const std::size_t pixels = phase.pixels.size();
      for (Extent n = 1; n < chunk_; ++n)
        for (std::size_t i = 0; i < pixels; ++i) {
          phase.pixels.push_back(phase.pixels[i] + n * frame_.elements());
          phase.places.push_back(phase.places[i] + n * image_);
        }
    }
  }

 private:
  Extent elements_of(const Phase& phase) const {
    return Base::panel_elements(channels_, phase.terms());
  }

  void forward() {
    frame_ = {z_.h,
              z_.w,
              z_.c,
              z_.top,
              z_.left,
              (z_.p - 1) * z_.stride + z_.r,
              (z_.q - 1) * z_.stride + z_.s};
    if (z_.top == 0 && z_.left == 0 && frame_.frame_height <= z_.h && frame_.frame_width <= z_.w)
      frame_.frame_height = z_.h, frame_.frame_width = z_.w;  // read where it lies
    Phase phase;
    for (Extent r = 0; r < z_.r; ++r) {
      phase.rows.push_back(r);
      phase.taps.push_back(r * frame_.row());
    }
    for (Extent s = 0; s < z_.s; ++s) phase.columns.push_back(s);
    phase.depth = z_.s * z_.c;
    for (Extent p = 0; p < z_.p; ++p)
      for (Extent q = 0; q < z_.q; ++q) {
        phase.pixels.push_back(p * z_.stride * frame_.row() + q * z_.stride * z_.c);
        phase.places.push_back((p * z_.q + q) * z_.o);
      }
    phases_.push_back(std::move(phase));
  }

  // Along one axis: pixel residue + stride i meets the kernel's taps first + stride t, t < count,
  // at positions base + i - t of the results.
  struct Residue {
    Extent first, count, base;
  };
  static Residue residue(Extent at, Extent before, Extent kernel, Extent stride) {
    const Extent first = (at + before) % stride;
    return {first, first < kernel ? up(kernel - first, stride) : 0, (at + before - first) / stride};
  }

  void residues() {
    Extent top = 0, left = 0, bottom = 0, right = 0;
    for (Extent a = 0; a < z_.stride; ++a) {
      const Residue v = residue(a, z_.top, z_.r, z_.stride),
                    h = residue(a, z_.left, z_.s, z_.stride);
      top = std::max(top, v.count - 1 - v.base);
      left = std::max(left, h.count - 1 - h.base);
      if (a < z_.h) bottom = std::max(bottom, v.base + (z_.h - 1 - a) / z_.stride - (z_.p - 1));
      if (a < z_.w) right = std::max(right, h.base + (z_.w - 1 - a) / z_.stride - (z_.q - 1));
    }
    frame_ = {z_.p, z_.q, z_.o, top, left, z_.p + top + bottom, z_.q + left + right};
    for (Extent a = 0; a < std::min(z_.stride, z_.h); ++a)
      for (Extent b = 0; b < std::min(z_.stride, z_.w); ++b)
        phases_.push_back(
            phase(a, b, residue(a, z_.top, z_.r, z_.stride), residue(b, z_.left, z_.s, z_.stride)));
  }

  // Taps in the order of the results they meet, so that those of a row lie side by side.
  Phase phase(Extent a, Extent b, const Residue& v, const Residue& h) const {
    Phase phase;
    for (Extent t = v.count; t-- > 0;) {
      phase.rows.push_back(v.first + z_.stride * t);
      phase.taps.push_back((v.count - 1 - t) * frame_.row());
    }
    for (Extent t = h.count; t-- > 0;) phase.columns.push_back(h.first + z_.stride * t);
    phase.depth = h.count * z_.o;
    if (h.count == 0) phase.taps.clear();
    for (Extent i = a; i < z_.h; i += z_.stride)
      for (Extent j = b; j < z_.w; j += z_.stride) {
        const Extent p = v.base + i / z_.stride - (v.count - 1) + frame_.top;
        const Extent q = h.base + j / z_.stride - (h.count - 1) + frame_.left;
        phase.pixels.push_back(phase.taps.empty() ? 0 : p * frame_.row() + q * z_.o);
        phase.places.push_back((i * z_.w + j) * z_.c);
      }
    return phase;
  }

  // Of all phases together: the panels of the first, then those of the next.
  Extent panels() const override {
    return static_cast<Extent>(phases_.size()) * up(channels_, kLanes<T>);
  }

  // panel[tap][column][channel of the frame][lane], lanes being channels of the result.
  void pack(const T* kernels, T* to, cpu::Units which) const override {
    const Extent inner = z_.r * z_.s, width = kLanes<T>;
    const bool forward = kind_ == ConvKind::forward;
    const Extent lane_step = forward ? z_.c * inner : inner;
    const Extent depth_step = forward ? inner : z_.c * inner;
    Extent panel = 0;
    for (const Phase& phase : phases_)
      for (Extent first = 0; first < channels_; first += width, ++panel) {
        if (panel < which.begin || panel >= which.end) {
          to += phase.terms() * width;
          continue;
        }
        const Extent lanes = std::min(width, channels_ - first);
        if (lanes < width) std::fill_n(to, phase.terms() * width, T(0));
        for (std::size_t t = 0; t < phase.taps.size(); ++t)
          for (const Extent s : phase.columns)
            for (Extent d = 0; d < frame_.channels; ++d, to += width) {
              const T* from =
                  kernels + first * lane_step + d * depth_step + phase.rows[t] * z_.s + s;
              for (Extent lane = 0; lane < lanes; ++lane) to[lane] = from[lane * lane_step];
            }
      }
  }

  void compute(const T* x, const T* panels, T* frames, T* y, Extent images) const override {
    if (!frame_.is_image()) {
      for (Extent i = 0; i < images; ++i)
        frame_.fill(x + i * operand_, frames + i * frame_.elements());
      x = frames;
    }
    for (const Phase& phase : phases_) {
      RowsJob<T> job{};
      job.x = x;
      job.taps = phase.taps.data();
      job.tap_count = static_cast<Extent>(phase.taps.size());
      job.depth = phase.depth;
      job.panel = panels;
      this->multiply(job, y, channels_, phase.pixels.data(), phase.places.data(),
                     static_cast<Extent>(phase.pixels.size()) / chunk_ * images);
      panels += elements_of(phase);
    }
  }

  ConvKind kind_;
  Extent channels_;  // of the result
  Frame frame_{};
  std::vector<Phase> phases_;
};

}  // namespace

template <class T>
std::unique_ptr<const cpu::TiledProduct> rows_conv(ConvKind kind, const ConvSizes& sizes) {
  return std::make_unique<RowsConv<T>>(kind, sizes);
}
template std::unique_ptr<const cpu::TiledProduct> rows_conv<float>(ConvKind kind,
                                                                   const ConvSizes& sizes);
template std::unique_ptr<const cpu::TiledProduct> rows_conv<double>(ConvKind kind,
                                                                    const ConvSizes& sizes);

}  // namespace ganflow
