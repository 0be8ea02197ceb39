#include "ops/primitives/conv_cpu.h"

#include <algorithm>
#include <vector>

#include "ops/primitives/conv_tiles.h"

namespace ganflow {
namespace {

// What a chunk of padded images and results may take: most of the second cache.
constexpr Extent kChunkBytes = 448 * 1024;

std::size_t rounded(Extent bytes) { return (static_cast<std::size_t>(bytes) + 63) / 64 * 64; }
Extent up(Extent n, Extent unit) { return (n + unit - 1) / unit; }

// An image of `channels` last with zeros (or less of it) around: rows -before .. of the image.
struct Frame {
  Extent height, width, channels;               // of the image
  Extent top, left, frame_height, frame_width;  // may be smaller than the image
  bool is_image() const {
    return top == 0 && left == 0 && frame_width == width && frame_height == height;
  }
  Extent row() const { return frame_width * channels; }
  Extent elements() const { return frame_height * row(); }

  template <class T>
  void fill(const T* image, T* to) const {
    const Extent from = std::max<Extent>(0, -left), skip = std::max<Extent>(0, left);
    const Extent columns = std::max<Extent>(0, std::min(frame_width - skip, width - from));
    for (Extent i = 0; i < frame_height; ++i, to += row()) {
      const Extent h = i - top;
      if (h < 0 || h >= height || columns == 0) {
        std::fill_n(to, row(), T(0));
        continue;
      }
      std::fill_n(to, skip * channels, T(0));
      std::copy_n(image + (h * width + from) * channels, columns * channels, to + skip * channels);
      std::fill_n(to + (skip + columns) * channels, (frame_width - skip - columns) * channels,
                  T(0));
    }
  }
};

// Scratch memory, taken piece by piece; counted first with a null base.
class Scratch {
 public:
  explicit Scratch(void* base = nullptr) : base_(static_cast<std::byte*>(base)) {}
  template <class T>
  T* take(Extent elements) {
    std::byte* taken = base_ + used_;
    used_ += rounded(elements * static_cast<Extent>(sizeof(T)));
    return base_ ? reinterpret_cast<T*>(taken) : nullptr;
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* base_;
  std::size_t used_ = 0;
};

// Images of a chunk, at most; the same for every machine.
Extent chunk_images(const ConvSizes& z, Extent bytes_of_image) {
  return std::clamp<Extent>(kChunkBytes / std::max<Extent>(1, bytes_of_image), 1,
                            std::max<Extent>(1, z.n));
}

// What the pixels of one residue have in common: the taps that meet them, as rows of the frame.
struct Phase {
  std::vector<Extent> taps;            // offsets of rows of the frame
  std::vector<Extent> rows, columns;   // of the kernels, in the order of the taps
  Extent depth = 0;                    // elements side by side: columns x channels
  std::vector<Extent> pixels, places;  // of an image: where the first tap and the result lie
  Extent panel_elements = 0;           // of one panel
  Extent terms() const { return static_cast<Extent>(taps.size()) * depth; }
};

// Convolution and input gradient: rows of the frame times panels of kernels.
template <class T>
class RowsConv final : public TiledProduct {
 public:
  RowsConv(ConvKind kind, const ConvSizes& z)
      : kind_(kind),
        z_(z),
        tiles_(conv_tiles<T>()),
        channels_(kind == ConvKind::forward ? z.o : z.c) {
    if (kind == ConvKind::forward)
      forward();
    else
      residues();
    chunk_ = chunk_images(z_, (frame_.elements() + image_) * static_cast<Extent>(sizeof(T)));
    for (const Phase& phase : phases_) packed_ += panels() * phase.terms() * kLanes<T>;
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
  double flops() const override { return z_.flops(); }
  std::size_t scratch_bytes() const override {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }

  void run(const void* const* inputs, void* output, void* scratch_memory,
           const TileSink& sink) const override {
    Scratch scratch(scratch_memory);
    const Memory memory = take(scratch, output == nullptr);
    pack(static_cast<const T*>(inputs[1]), memory.panels);
    const auto* images = static_cast<const T*>(inputs[0]);
    const Extent from = frame_.height * frame_.width * frame_.channels;
    for (Extent n = 0; n < z_.n; n += chunk_) {
      const Extent count = std::min(chunk_, z_.n - n);
      const T* x = images + n * from;
      if (!frame_.is_image()) {
        for (Extent i = 0; i < count; ++i)
          frame_.fill(x + i * from, memory.frames + i * frame_.elements());
        x = memory.frames;
      }
      T* y = output ? static_cast<T*>(output) + n * image_ : memory.images;
      compute(x, memory.panels, y, count);
      if (sink.take) sink.take(sink.context, {n, 0, count, image_, y, image_});
    }
  }

 private:
  struct Memory {
    T *panels, *frames, *images;
  };
  Memory take(Scratch& scratch, bool images) const {
    return {scratch.take<T>(packed_),
            scratch.take<T>(frame_.is_image() ? 0 : chunk_ * frame_.elements()),
            scratch.take<T>(images ? chunk_ * image_ : 0)};
  }
  Extent panels() const { return up(channels_, kLanes<T>); }

  void forward() {
    image_ = z_.p * z_.q * z_.o;
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
    image_ = z_.h * z_.w * z_.c;
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

  // panel[tap][column][channel of the frame][lane], lanes being channels of the result.
  void pack(const T* kernels, T* to) const {
    const Extent inner = z_.r * z_.s, width = kLanes<T>;
    const bool forward = kind_ == ConvKind::forward;
    const Extent lane_step = forward ? z_.c * inner : inner;
    const Extent depth_step = forward ? inner : z_.c * inner;
    for (const Phase& phase : phases_)
      for (Extent first = 0; first < panels() * width; first += width) {
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

  void compute(const T* x, const T* panels_memory, T* y, Extent images) const {
    const T* panel = panels_memory;
    for (const Phase& phase : phases_) {
      const Extent pixels = static_cast<Extent>(phase.pixels.size()) / chunk_ * images;
      RowsJob<T> job{};
      job.x = x;
      job.taps = phase.taps.data();
      job.tap_count = static_cast<Extent>(phase.taps.size());
      job.depth = phase.depth;
      for (Extent first = 0; first < channels_; first += kLanes<T>) {
        job.panel = panel;
        job.y = y + first;
        job.lanes = std::min(kLanes<T>, channels_ - first);
        for (Extent i = 0; i < pixels; i += tiles_.rows) {
          job.rows = phase.pixels.data() + i;
          job.places = phase.places.data() + i;
          tiles_.by_rows[static_cast<std::size_t>(std::min<Extent>(tiles_.rows, pixels - i))](&job);
        }
        panel += phase.terms() * kLanes<T>;
      }
    }
  }

  ConvKind kind_;
  ConvSizes z_;
  const ConvTiles<T>& tiles_;
  Extent channels_;  // of the result
  Extent image_ = 0, chunk_ = 1, packed_ = 0;
  Frame frame_{};
  std::vector<Phase> phases_;
};

// Input gradient of images with few channels: columns (kernel rows x columns x channels) per pixel
// of y, added into the image.
template <class T>
class ColumnsConv final : public TiledProduct {
 public:
  explicit ColumnsConv(const ConvSizes& z)
      : z_(z),
        tiles_(conv_tiles<T>()),
        columns_(z.r * z.s * z.c),
        image_(z.h * z.w * z.c),
        chunk_(chunk_images(z, image_ * static_cast<Extent>(sizeof(T)))) {
    for (Extent i = 0; i < z_.p * z_.q; ++i) {
      pixels_.push_back(i * z_.o);
      places_.push_back(i * columns_);
    }
  }
  double flops() const override { return z_.flops(); }
  std::size_t scratch_bytes() const override {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }

  void run(const void* const* inputs, void* output, void* scratch_memory,
           const TileSink& sink) const override {
    Scratch scratch(scratch_memory);
    const Memory memory = take(scratch, output == nullptr);
    pack(static_cast<const T*>(inputs[1]), memory.panels);
    const auto* images = static_cast<const T*>(inputs[0]);
    for (Extent n = 0; n < z_.n; n += chunk_) {
      const Extent count = std::min(chunk_, z_.n - n);
      T* y = output ? static_cast<T*>(output) + n * image_ : memory.images;
      for (Extent i = 0; i < count; ++i) {
        multiply(images + (n + i) * z_.p * z_.q * z_.o, memory.panels, memory.columns);
        add(memory.columns, y + i * image_);
      }
      if (sink.take) sink.take(sink.context, {n, 0, count, image_, y, image_});
    }
  }

 private:
  struct Memory {
    T *panels, *columns, *images;
  };
  Memory take(Scratch& scratch, bool images) const {
    return {scratch.take<T>(up(columns_, kLanes<T>) * z_.o * kLanes<T>),
            scratch.take<T>(z_.p * z_.q * columns_), scratch.take<T>(images ? chunk_ * image_ : 0)};
  }

  // panel[o][lane], lanes being (r, s, c).
  void pack(const T* kernels, T* to) const {
    const Extent width = kLanes<T>;
    for (Extent first = 0; first < columns_; first += width)
      for (Extent o = 0; o < z_.o; ++o)
        for (Extent lane = 0; lane < width; ++lane, ++to) {
          const Extent column = first + lane, rs = column / z_.c, c = column % z_.c;
          *to = column < columns_ ? kernels[(o * z_.c + c) * z_.r * z_.s + rs] : T(0);
        }
  }

  void multiply(const T* y, const T* panels, T* columns) const {
    const Extent pixels = z_.p * z_.q, tap = 0;
    RowsJob<T> job{};
    job.x = y;
    job.taps = &tap;
    job.tap_count = 1;
    job.depth = z_.o;
    for (Extent first = 0; first < columns_; first += kLanes<T>, panels += z_.o * kLanes<T>) {
      job.panel = panels;
      job.y = columns + first;
      job.lanes = std::min(kLanes<T>, columns_ - first);
      for (Extent i = 0; i < pixels; i += tiles_.rows) {
        job.rows = pixels_.data() + i;
        job.places = places_.data() + i;
        tiles_.by_rows[static_cast<std::size_t>(std::min<Extent>(tiles_.rows, pixels - i))](&job);
      }
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

  ConvSizes z_;
  const ConvTiles<T>& tiles_;
  Extent columns_, image_, chunk_;
  std::vector<Extent> pixels_, places_;
};

// Filter gradient: for every kernel row, (columns x channels) rows times panels of o, over pixels.
template <class T>
class FilterConv final : public TiledProduct {
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
  double flops() const override { return z_.flops(); }
  std::size_t scratch_bytes() const override {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }

  void run(const void* const* inputs, void* output, void* scratch_memory,
           const TileSink& sink) const override {
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
  void hand_over(const Memory& memory, T* output, const TileSink& sink) const {
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

template <class T>
std::unique_ptr<const TiledProduct> make(ConvKind kind, const ConvSizes& z) {
  if (kind == ConvKind::filter) return std::make_unique<FilterConv<T>>(z);
  // Panels are filled by the channels of the result or by the columns: what leaves fewer lanes.
  const Extent channels = up(z.c, kLanes<T>) * kLanes<T>, all = z.r * z.s * z.c;
  if (kind == ConvKind::input && 5 * channels * z.r * z.s > 6 * up(all, kLanes<T>) * kLanes<T>)
    return std::make_unique<ColumnsConv<T>>(z);
  return std::make_unique<RowsConv<T>>(kind, z);
}

}  // namespace

std::unique_ptr<const TiledProduct> tiled_conv(ConvKind kind, const ConvSizes& sizes,
                                               Precision precision) {
  return precision == Precision::float64 ? make<double>(kind, sizes) : make<float>(kind, sizes);
}

}  // namespace ganflow
