#include <algorithm>
#include <vector>

#include "ops/primitives/cpu/conv_images.h"

namespace ganflow {
namespace {

// Filter gradient: for every kernel row, (columns x channels) rows times panels of o, over pixels.
template <class T>
class FilterConv final : public cpu::TiledProduct {
 public:
  explicit FilterConv(const ConvSizes& z)
      : z_(z),
        tiles_(conv_tiles<T>()),
        frame_{
            z.h, z.w, z.c, z.top, z.left, (z.p - 1) * z.stride + z.r, (z.q - 1) * z.stride + z.s},
        line_(z.s * z.c),
        chunk_(std::clamp<Extent>(kPixels / std::max<Extent>(1, z.p * z.q), 1,
                                  std::max<Extent>(1, z.n))) {
    for (Extent n = 0; n < chunk_; ++n)
      for (Extent p = 0; p < z.p; ++p)
        for (Extent q = 0; q < z.q; ++q)
          pixels_.push_back(n * frame_.elements() + p * z.stride * frame_.row() +
                            q * z.stride * z.c);
  }
  std::size_t scratch_bytes() const override {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }

  void run(const void* const* inputs, void* output, void* scratch_memory,
           const cpu::TileSink& sink) const override {
    Scratch scratch(scratch_memory);
    const Memory memory = take(scratch, output == nullptr);
    std::fill_n(memory.totals, panels() * z_.r * line_ * kLanes<T>, T(0));
    const auto *x = static_cast<const T*>(inputs[0]), *y = static_cast<const T*>(inputs[1]);
    const Extent image = z_.h * z_.w * z_.c, result = z_.p * z_.q * z_.o;
    for (Extent n = 0; n < z_.n; n += chunk_) {
      const Extent count = std::min(chunk_, z_.n - n);
      for (Extent i = 0; i < count; ++i)
        frame_.fill(x + (n + i) * image, memory.frames + i * frame_.elements());
      pack(y + n * result, count * z_.p * z_.q, memory.panels);
      add(memory, count * z_.p * z_.q);
    }
    hand_over(memory, static_cast<T*>(output), sink);
  }

 private:
  // Pixels of a chunk: a panel of them and their rows lie in the first cache.
  static constexpr Extent kPixels = 256;

  struct Memory {
    T *frames, *panels, *rows, *totals, *kernels;
  };
  Memory take(Scratch& scratch, bool kernels) const {
    const Extent pixels = chunk_ * z_.p * z_.q;
    return {scratch.take<T>(chunk_ * frame_.elements()),
            scratch.take<T>(panels() * pixels * kLanes<T>),
            scratch.take<T>(pixels * ConvTiles<T>::kMostRows),
            scratch.take<T>(panels() * z_.r * line_ * kLanes<T>),
            scratch.take<T>(kernels ? kLanes<T> * z_.r * line_ : 0)};
  }
  Extent panels() const { return up(z_.o, kLanes<T>); }

  // panel[pixel][lane], lanes being o.
  void pack(const T* y, Extent pixels, T* to) const {
    const Extent width = kLanes<T>;
    for (Extent first = 0; first < z_.o; first += width) {
      const Extent lanes = std::min(width, z_.o - first);
      for (Extent i = 0; i < pixels; ++i, to += width) {
        std::copy_n(y + i * z_.o + first, lanes, to);
        std::fill_n(to + lanes, width - lanes, T(0));
      }
    }
  }

  void add(const Memory& memory, Extent pixels) const {
    for (Extent r = 0; r < z_.r; ++r)
      for (Extent m = 0; m < line_; m += tiles_.rows) {
        const Extent rows = std::min<Extent>(tiles_.rows, line_ - m);
        const T* x = memory.frames + r * frame_.row() + m;
        tiles_.gather[static_cast<std::size_t>(rows)](x, pixels_.data(), pixels, memory.rows);
        DepthJob<T> job{memory.rows, pixels, memory.panels, nullptr};
        for (Extent panel = 0; panel < panels(); ++panel, job.panel += pixels * kLanes<T>) {
          job.y = memory.totals + ((panel * z_.r + r) * line_ + m) * kLanes<T>;
          tiles_.by_depth[static_cast<std::size_t>(rows)](&job);
        }
      }
  }

  // totals[panel][r][s][c][lane] as kernels (O,C,R,S).
  void hand_over(const Memory& memory, T* output, const cpu::TileSink& sink) const {
    const Extent width = kLanes<T>, one = z_.c * z_.r * z_.s;
    for (Extent first = 0; first < z_.o; first += width) {
      const Extent lanes = std::min(width, z_.o - first);
      const T* from = memory.totals + first * one;
      T* to = output ? output + first * one : memory.kernels;
      for (Extent c = 0; c < z_.c; ++c)
        for (Extent rs = 0; rs < z_.r * z_.s; ++rs)
          for (Extent lane = 0; lane < lanes; ++lane)
            to[lane * one + c * z_.r * z_.s + rs] = from[(rs * z_.c + c) * width + lane];
      if (sink.take) sink.take(sink.context, {first, 0, lanes, one, to, one});
    }
  }

  ConvSizes z_;
  const ConvTiles<T>& tiles_;
  Frame frame_;
  Extent line_, chunk_;
  std::vector<Extent> pixels_;
};

}  // namespace

template <class T>
std::unique_ptr<const cpu::TiledProduct> filter_conv(const ConvSizes& sizes) {
  return std::make_unique<FilterConv<T>>(sizes);
}
template std::unique_ptr<const cpu::TiledProduct> filter_conv<float>(const ConvSizes& sizes);
template std::unique_ptr<const cpu::TiledProduct> filter_conv<double>(const ConvSizes& sizes);

}  // namespace ganflow
