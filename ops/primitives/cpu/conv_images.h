// What the convolutions that yield images share: packed kernels, then chunks of images.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/cpu/tiled.h"
#include "ops/primitives/conv_sizes.h"
#include "ops/primitives/cpu/conv_memory.h"
#include "ops/primitives/cpu/conv_tiles.h"

namespace ganflow {

constexpr double kNanosecondsPerMove = 0.5;  // of an element to another place, one by one

inline double conv_flops(const ConvSizes& z) {
  return 2.0 * static_cast<double>(z.n * z.p * z.q) * static_cast<double>(z.o * z.c * z.r * z.s);
}

template <class T>
class ImagesConv : public cpu::TiledProduct {
 public:
  std::size_t shared_bytes() const final {
    Scratch shared;
    shared.take<T>(packed_);
    return shared.used();
  }
  std::size_t scratch_bytes() const final {
    Scratch scratch;
    take(scratch, true);
    return scratch.used();
  }
  // Panels of kernels are packed, chunks of images computed.
  std::vector<cpu::Phase> phases() const final {
    return {{std::max<Extent>(1, panels()), kNanosecondsPerMove * static_cast<double>(packed_)},
            {std::max<Extent>(1, up(z_.n, chunk_)), conv_flops(z_) * cpu::kNanosecondsPerFlop}};
  }
  void run(const Run& of, int phase, cpu::Units units) const final {
    T* const packed = static_cast<T*>(of.shared);
    if (phase == 0) return pack(static_cast<const T*>(of.inputs[1]), packed, units);
    Scratch scratch(of.scratch);
    const Memory memory = take(scratch, of.output == nullptr);
    const auto* x = static_cast<const T*>(of.inputs[0]);
    for (Extent n = units.begin * chunk_; n < std::min(z_.n, units.end * chunk_); n += chunk_) {
      const Extent count = std::min(chunk_, z_.n - n);
      T* y = of.output ? static_cast<T*>(of.output) + n * image_ : memory.images;
      compute(x + n * operand_, packed, memory.work, y, count);
      if (of.sink.take) of.sink.take(of.sink.context, {n, 0, count, image_, y, image_});
    }
  }

 protected:
  ImagesConv(ConvKind kind, const ConvSizes& z)
      : z_(z), tiles_(conv_tiles<T>()), operand_(z.p * z.q * z.o), image_(z.h * z.w * z.c) {
    if (kind == ConvKind::forward) std::swap(operand_, image_);
  }

  virtual Extent panels() const = 0;
  virtual void pack(const T* kernels, T* panels, cpu::Units which) const = 0;
  // `images` images y of as many operands x.
  virtual void compute(const T* x, const T* panels, T* work, T* y, Extent images) const = 0;

  // Images of a chunk that take so many bytes each; the same for every machine.
  void set_chunk(Extent elements_of_image) {
    constexpr Extent kChunkBytes = 448 * 1024;  // most of the second cache
    const Extent bytes = elements_of_image * static_cast<Extent>(sizeof(T));
    chunk_ =
        std::clamp<Extent>(kChunkBytes / std::max<Extent>(1, bytes), 1, std::max<Extent>(1, z_.n));
  }
  // Elements of `channels` panels.
  static Extent panel_elements(Extent channels, Extent terms) {
    return up(channels, kLanes<T>) * terms * kLanes<T>;
  }

  // `pixels` rows of the job's operand times the panels of all `channels`; where they begin and
  // where results go is in `from` and `to`.
  void multiply(RowsJob<T> job, T* y, Extent channels, const Extent* from, const Extent* to,
                Extent pixels) const {
    const Extent terms = job.tap_count * job.depth;
    for (Extent first = 0; first < channels; first += kLanes<T>, job.panel += terms * kLanes<T>) {
      job.y = y + first;
      job.lanes = std::min(kLanes<T>, channels - first);
      for (Extent i = 0; i < pixels; i += tiles_.rows) {
        job.rows = from + i;
        job.places = to + i;
        tiles_.by_rows[static_cast<std::size_t>(std::min<Extent>(tiles_.rows, pixels - i))](&job);
      }
    }
  }

  ConvSizes z_;
  const ConvTiles<T>& tiles_;
  Extent operand_, image_;  // elements of one of the operands, of one of the results
  Extent chunk_ = 1;
  Extent packed_ = 0, work_ = 0;  // elements of the panels, of what compute() works on

 private:
  struct Memory {
    T *work, *images;
  };
  Memory take(Scratch& scratch, bool images) const {
    return {scratch.take<T>(work_), scratch.take<T>(images ? chunk_ * image_ : 0)};
  }
};

// Rows of padded images times panels of kernels: convolution and input gradient.
template <class T>
std::unique_ptr<const cpu::TiledProduct> rows_conv(ConvKind kind, const ConvSizes& sizes);
// Input gradient of images with few channels.
template <class T>
std::unique_ptr<const cpu::TiledProduct> columns_conv(const ConvSizes& sizes);
template <class T>
std::unique_ptr<const cpu::TiledProduct> filter_conv(const ConvSizes& sizes);

}  // namespace ganflow
