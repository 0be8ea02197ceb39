#include "ops/primitives/matmul_cpu.h"

#include <libxsmm.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/program/isa.h"

namespace ganflow {
namespace {

// An output tile and the rows of B it meets stay in the first cache while a block of the depth is
// added; the panel of B (depth x kColumns) stays in the second while the row tiles pass.
constexpr Extent kRows = 64, kColumns = 64, kDepth = 256;

// Cuts `extent` into equal pieces (the last may be shorter) of at most `largest`, in multiples
// of 8.
Extent piece(Extent extent, Extent largest) {
  const Extent pieces = std::max<Extent>(1, (extent + largest - 1) / largest);
  return std::max<Extent>(1, std::min(largest, ((extent + pieces - 1) / pieces + 7) / 8 * 8));
}

// What runs where libxsmm has no kernel (processors without AVX): c (+)= a b, row by row.
struct Strides {
  Extent a_row, a_depth, b_depth, c_row;
};
template <class T>
struct Loops {
  static void run(const T* a, const T* b, T* c, Extent m, Extent n, Extent k, const Strides* s,
                  bool add) {
    for (Extent i = 0; i < m; ++i) {
      T* y = c + i * s->c_row;
      if (!add) std::fill_n(y, n, T(0));
      for (Extent p = 0; p < k; ++p) {
        const T factor = a[i * s->a_row + p * s->a_depth];
        const T* x = b + p * s->b_depth;
#pragma GCC ivdep
        for (Extent j = 0; j < n; ++j) y[j] += factor * x[j];
      }
    }
  }
};

// y (k, n) = x' where x is (n, k).
template <class T>
struct Transpose {
  static void run(const T* x, Extent x_row, T* y, Extent n, Extent k) {
    for (Extent p = 0; p < k; p += 16)
      for (Extent j = 0; j < n; ++j)
        for (Extent q = p; q < std::min(k, p + 16); ++q) y[q * n + j] = x[j * x_row + q];
  }
};

// One block product. libxsmm is column-major: our B is its A, our A its B, which may be transposed;
// it has no kernel for the other transposition.
template <class T>
class Block {
 public:
  Block() = default;
  Block(Extent m, Extent n, Extent k, const Strides& strides, bool ta, bool add)
      : m_(m), n_(n), k_(k), strides_(strides), add_(add), loops_(best_isa<Loops<T>>()) {
    const auto small = [](Extent e) { return static_cast<libxsmm_blasint>(e); };
    if (k > 0)
      kernel_ = libxsmm_mmfunction<T>(
          ta ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE, small(n), small(m), small(k),
          small(strides.b_depth), small(ta ? strides.a_depth : strides.a_row), small(strides.c_row),
          T(1), T(add ? 1 : 0), LIBXSMM_GEMM_PREFETCH_NONE);
  }
  void operator()(const T* a, const T* b, T* c) const {
    if (kernel_)
      kernel_(b, a, c);
    else
      loops_(a, b, c, m_, n_, k_, &strides_, add_);
  }

 private:
  Extent m_ = 0, n_ = 0, k_ = 0;
  Strides strides_{};
  bool add_ = false;
  libxsmm_mmfunction<T> kernel_;
  void (*loops_)(const T*, const T*, T*, Extent, Extent, Extent, const Strides*, bool) = nullptr;
};

template <class T>
class TiledMatmul final : public TiledProduct {
 public:
  explicit TiledMatmul(const MatmulShape& shape)
      : s_(shape),
        rows_(piece(s_.m, kRows)),
        columns_(piece(s_.n, kColumns)),
        depth_(piece(s_.k, kDepth)),
        transpose_loops_(best_isa<Transpose<T>>()) {
    for (const bool dense : {false, true})
      for (Extent i = 0; i < s_.m; i += rows_)
        for (Extent j = 0; j < s_.n; j += columns_)
          for (Extent p = 0; p == 0 || p < s_.k; p += depth_) prepare(dense, i, j, p);
    if (s_.tb && s_.k > 0)
      for (Extent j = 0; j < s_.n; j += columns_) {
        libxsmm_descriptor_blob blob;
        const auto n = static_cast<unsigned>(columns(j));
        transpose_[last_column(j)] = libxsmm_dispatch_trans(
            libxsmm_trans_descriptor_init(&blob, sizeof(T), static_cast<unsigned>(s_.k), n, n));
      }
  }

  std::size_t scratch_bytes() const override {
    return panel_bytes() + (static_cast<std::size_t>(rows_ * columns_) * sizeof(T) + 63) / 64 * 64;
  }
  double flops() const override {
    return 2.0 * static_cast<double>(s_.m) * static_cast<double>(s_.n) * static_cast<double>(s_.k);
  }

  void run(const void* const* inputs, void* output, void* scratch,
           const TileSink& sink) const override {
    const T* a = static_cast<const T*>(inputs[0]);
    const T* b = static_cast<const T*>(inputs[1]);
    T* panel = static_cast<T*>(scratch);
    T* tile = reinterpret_cast<T*>(static_cast<std::byte*>(scratch) + panel_bytes());
    for (Extent j = 0; j < s_.n; j += columns_) {
      if (s_.tb) transpose(b + j * s_.k, panel, j);
      const T* right = s_.tb ? panel : b + j;
      const Extent b_depth = s_.tb ? columns(j) : s_.n;
      for (Extent i = 0; i < s_.m; i += rows_) {
        T* c = output ? static_cast<T*>(output) + i * s_.n + j : tile;
        const T* left = a + (s_.ta ? i : i * s_.k);
        for (Extent p = 0; p == 0 || p < s_.k; p += depth_)
          block(output != nullptr, i, j, p)(left + p * (s_.ta ? s_.m : 1), right + p * b_depth, c);
        if (sink.take)
          sink.take(sink.context, {i, j, rows(i), columns(j), c, output ? s_.n : columns(j)});
      }
    }
  }

 private:
  bool last_row(Extent i) const { return i + rows_ >= s_.m; }
  bool last_column(Extent j) const { return j + columns_ >= s_.n; }
  bool last_depth(Extent p) const { return p + depth_ >= s_.k; }
  Extent rows(Extent i) const { return std::min(rows_, s_.m - i); }
  Extent columns(Extent j) const { return std::min(columns_, s_.n - j); }
  std::size_t panel_bytes() const {
    return s_.tb ? (static_cast<std::size_t>(columns_ * s_.k) * sizeof(T) + 63) / 64 * 64 : 0;
  }

  // Blocks differ by the size of the tile and of the depth, by where the tile lies, and by whether
  // they start the sum.
  std::size_t index(bool in_output, Extent i, Extent j, Extent p) const {
    return (in_output ? 16u : 0u) + (last_row(i) ? 8u : 0u) + (last_column(j) ? 4u : 0u) +
           (last_depth(p) ? 2u : 0u) + (p > 0 ? 1u : 0u);
  }
  const Block<T>& block(bool in_output, Extent i, Extent j, Extent p) const {
    return blocks_[index(in_output, i, j, p)];
  }
  void prepare(bool in_output, Extent i, Extent j, Extent p) {
    const Strides strides{s_.ta ? 1 : s_.k, s_.ta ? s_.m : 1, s_.tb ? columns(j) : s_.n,
                          in_output ? s_.n : columns(j)};
    blocks_[index(in_output, i, j, p)] =
        Block<T>(rows(i), columns(j), std::min(depth_, s_.k - p), strides, s_.ta, p > 0);
  }

  void transpose(const T* x, T* y, Extent j) const {
    if (const libxsmm_xtransfunction kernel = transpose_[last_column(j)]) {
      const auto from = static_cast<unsigned>(s_.k), to = static_cast<unsigned>(columns(j));
      kernel(x, &from, y, &to);
    } else {
      transpose_loops_(x, s_.k, y, columns(j), s_.k);
    }
  }

  MatmulShape s_;
  Extent rows_, columns_, depth_;
  std::array<Block<T>, 32> blocks_;
  std::array<libxsmm_xtransfunction, 2> transpose_{};
  void (*transpose_loops_)(const T*, Extent, T*, Extent, Extent);
};

}  // namespace

std::unique_ptr<const TiledProduct> tiled_matmul(const MatmulShape& shape, Precision precision) {
  if (precision == Precision::float64) return std::make_unique<TiledMatmul<double>>(shape);
  return std::make_unique<TiledMatmul<float>>(shape);
}

}  // namespace ganflow
