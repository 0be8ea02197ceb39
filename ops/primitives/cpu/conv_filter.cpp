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
  std::size_t shared_bytes() const override {
    Scratch shared;
    shared.take<T>(panels() * z_.r * line_ * kLanes<T>);
    return shared.used();
  }
  std::size_t scratch_bytes() const override {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }
  // Register tiles of rows are summed over all pixels, panels handed over.
  std::vector<cpu::Phase> phases() const override {
    return {
        {std::max<Extent>(1, z_.r * tiles_of_line()), conv_flops(z_) * cpu::kNanosecondsPerFlop},
        {std::max<Extent>(1, panels()),
         kNanosecondsPerMove * static_cast<double>(z_.o * z_.r * line_)}};
  }

  void run(const Run& of, int phase, cpu::Units units) const override {
    Scratch scratch(of.scratch);
    const Memory memory = take(scratch, of.output == nullptr);
    T* const totals = static_cast<T*>(of.shared);
    if (phase == 1)
      return hand_over(totals, memory.kernels, static_cast<T*>(of.output), of.sink, units);
    clear(totals, units);
    const auto *x = static_cast<const T*>(of.inputs[0]), *y = static_cast<const T*>(of.inputs[1]);
    const Extent image = z_.h * z_.w * z_.c, result = z_.p * z_.q * z_.o;
    for (Extent n = 0; n < z_.n; n += chunk_) {
      const Extent count = std::min(chunk_, z_.n - n);
      for (Extent i = 0; i < count; ++i)
        frame_.fill(x + (n + i) * image, memory.frames + i * frame_.elements());
      pack(y + n * result, count * z_.p * z_.q, memory.panels);
      add(memory, totals, count * z_.p * z_.q, units);
    }
  }

 private:
  // Pixels of a chunk: a panel of them and their rows lie in the first cache.
  static constexpr Extent kPixels = 256;

  struct Memory {
    T *frames, *panels, *rows, *kernels;
  };
  Memory take(Scratch& scratch, bool kernels) const {
    const Extent pixels = chunk_ * z_.p * z_.q;
    return {scratch.take<T>(chunk_ * frame_.elements()),
            scratch.take<T>(panels() * pixels * kLanes<T>),
            scratch.take<T>(pixels * ConvTiles<T>::kMostRows),
            scratch.take<T>(kernels ? kLanes<T> * z_.r * line_ : 0)};
  }
  Extent panels() const { return up(z_.o, kLanes<T>); }
  Extent tiles_of_line() const { return up(line_, tiles_.rows); }
  // What a unit sums: `rows` rows of kernel row r, from m of its line on.
  struct Rows {
    Extent r, m, rows;
  };
  Rows rows_of(Extent unit) const {
    const Extent m = unit % tiles_of_line() * tiles_.rows;
    return {unit / tiles_of_line(), m, std::min<Extent>(tiles_.rows, line_ - m)};
  }
  T* sums(T* totals, Extent panel, const Rows& of) const {
    return totals + ((panel * z_.r + of.r) * line_ + of.m) * kLanes<T>;
  }

  void clear(T* totals, cpu::Units units) const {
    for (Extent unit = units.begin; unit < units.end; ++unit) {
      const Rows rows = rows_of(unit);
      for (Extent panel = 0; panel < panels(); ++panel)
        std::fill_n(sums(totals, panel, rows), rows.rows * kLanes<T>, T(0));
    }
  }

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

  void add(const Memory& memory, T* totals, Extent pixels, cpu::Units units) const {
    for (Extent unit = units.begin; unit < units.end; ++unit) {
      const Rows of = rows_of(unit);
      const T* x = memory.frames + of.r * frame_.row() + of.m;
      const auto rows = static_cast<std::size_t>(of.rows);
      tiles_.gather[rows](x, pixels_.data(), pixels, memory.rows);
      DepthJob<T> job{memory.rows, pixels, memory.panels, nullptr};
      for (Extent panel = 0; panel < panels(); ++panel, job.panel += pixels * kLanes<T>) {
        job.y = sums(totals, panel, of);
        tiles_.by_depth[rows](&job);
      }
    }
  }

  // totals[panel][r][s][c][lane] as kernels (O,C,R,S).
  void hand_over(const T* totals, T* kernels, T* output, const cpu::TileSink& sink,
                 cpu::Units units) const {
    const Extent width = kLanes<T>, one = z_.c * z_.r * z_.s;
    for (Extent first = units.begin * width; first < std::min(z_.o, units.end * width);
         first += width) {
      const Extent lanes = std::min(width, z_.o - first);
      const T* from = totals + first * one;
      T* to = output ? output + first * one : kernels;
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
