#include "ops/primitives/cpu/matmul.h"

#include <libxsmm.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "engine/cpu/code.h"
#include "engine/cpu/isa.h"
#include "engine/tensor/memory.h"

namespace ganflow {
namespace {

// libxsmm jumps into the code it made even where that could not become executable. For its generic
// target it makes none, and whoever asks it for a kernel gets none. Said before and after it wakes.
[[maybe_unused]] const bool kMadeCode = [] {
  if (cpu::may_make_code()) return true;
  ::setenv("LIBXSMM_TARGET", "generic", 1);
  libxsmm_set_target_archid(LIBXSMM_X86_GENERIC);
  return false;
}();

// An output tile and the rows of B it meets stay in the first cache while a block of the depth is
// added; the panel of B (depth x kColumns) stays in the second while the row tiles pass.
constexpr Extent kRows = 48, kColumns = 64, kDepth = 256;

// Cuts `extent` into equal pieces (the last may be shorter) of at most `largest`, in multiples
// of 8.
Extent piece(Extent extent, Extent largest) {
  const Extent pieces = std::max<Extent>(1, (extent + largest - 1) / largest);
  return std::max<Extent>(1, std::min(largest, ((extent + pieces - 1) / pieces + 7) / 8 * 8));
}

// What runs where libxsmm has no kernel (processors without AVX, no executable memory): c (+)= a b,
// row by row.
struct Strides {
  Extent a_row, b_depth, c_row;
};
template <class T>
struct Loops {
  static void run(const T* a, const T* b, T* c, Extent m, Extent n, Extent k, const Strides* s,
                  bool add) {
    for (Extent i = 0; i < m; ++i) {
      T* y = c + i * s->c_row;
      if (!add) std::fill_n(y, n, T(0));
      for (Extent p = 0; p < k; ++p) {
        const T factor = a[i * s->a_row + p];
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

// One block product. libxsmm is column-major: our B is its A, our A its B.
template <class T>
class Block {
 public:
  Block() = default;
  Block(Extent m, Extent n, Extent k, const Strides& strides, bool add)
      : m_(m), n_(n), k_(k), strides_(strides), add_(add), loops_(cpu::best_isa<Loops<T>>()) {
    const auto small = [](Extent e) { return static_cast<libxsmm_blasint>(e); };
    if (k > 0)
      kernel_ =
          libxsmm_mmfunction<T>(LIBXSMM_GEMM_FLAG_NONE, small(n), small(m), small(k),
                                small(strides.b_depth), small(strides.a_row), small(strides.c_row),
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

// A transposed operand is transposed panel by panel into the scratch first: libxsmm has no kernel
// for one of them, and its kernel for the other is slower by more than the transposition costs.
template <class T>
class TiledMatmul final : public cpu::TiledProduct {
 public:
  explicit TiledMatmul(const MatmulShape& shape)
      : s_(shape),
        rows_(piece(s_.m, kRows)),
        columns_(piece(s_.n, kColumns)),
        depth_(piece(s_.k, kDepth)),
        transpose_loops_(cpu::best_isa<Transpose<T>>()) {
    for (const bool dense : {false, true})
      for (Extent i = 0; i < s_.m; i += rows_)
        for (Extent j = 0; j < s_.n; j += columns_)
          for (Extent p = 0; p == 0 || p < s_.k; p += depth_) prepare(dense, i, j, p);
    for (Extent i = 0; s_.ta && i < s_.m; i += rows_)
      left_[last_row(i)] = transposition(s_.k, rows(i));
    for (Extent j = 0; s_.tb && j < s_.n; j += columns_)
      right_[last_column(j)] = transposition(columns(j), s_.k);
  }

  std::size_t scratch_bytes() const override {
    return left_bytes() + right_bytes() + rounded(rows_ * columns_);
  }

  std::vector<cpu::Phase> phases() const override {
    const double flops = 2.0 * static_cast<double>(s_.m * s_.n * s_.k);
    return {{std::max<Extent>(1, row_tiles() * column_tiles()), flops * cpu::kNanosecondsPerFlop}};
  }

  // Units are tiles. The panel that is transposed is used up before the next one; with both, A's is
  // made again.
  void run(const Run& of, int, cpu::Units units) const override {
    auto* scratch = static_cast<std::byte*>(of.scratch);
    const Job job{static_cast<const T*>(of.inputs[0]),
                  static_cast<const T*>(of.inputs[1]),
                  static_cast<T*>(of.output),
                  &of.sink,
                  reinterpret_cast<T*>(scratch),
                  reinterpret_cast<T*>(scratch + left_bytes()),
                  reinterpret_cast<T*>(scratch + left_bytes() + right_bytes())};
    const Extent m = row_tiles(), n = column_tiles();
    const bool by_rows = !s_.tb;
    Extent panel = -1;
    for (Extent unit = units.begin; unit < std::min(units.end, m * n); ++unit) {
      const Extent i = (by_rows ? unit / n : unit % m) * rows_;
      const Extent j = (by_rows ? unit % n : unit / m) * columns_;
      const bool next = panel != (by_rows ? i : j);
      panel = by_rows ? i : j;
      if (s_.ta && (next || !by_rows)) transpose_left(job, i);
      if (s_.tb && next)
        transpose(right_[last_column(j)], job.b + j * s_.k, s_.k, job.right, columns(j), s_.k);
      compute(job, i, j);
    }
  }

 private:
  struct Job {
    const T *a, *b;
    T* output;
    const cpu::TileSink* sink;
    T *left, *right, *tile;
  };

  Extent row_tiles() const { return round_up(s_.m, rows_) / rows_; }
  Extent column_tiles() const { return round_up(s_.n, columns_) / columns_; }

  void compute(const Job& run, Extent i, Extent j) const {
    T* c = run.output ? run.output + i * s_.n + j : run.tile;
    const T* a = s_.ta ? run.left : run.a + i * s_.k;
    const T* b = s_.tb ? run.right : run.b + j;
    const Extent b_depth = s_.tb ? columns(j) : s_.n;
    for (Extent p = 0; p == 0 || p < s_.k; p += depth_)
      blocks_[index(run.output != nullptr, i, j, p)](a + p, b + p * b_depth, c);
    if (run.sink->take)
      run.sink->take(run.sink->context,
                     {i, j, rows(i), columns(j), c, run.output ? s_.n : columns(j)});
  }

  bool last_row(Extent i) const { return i + rows_ >= s_.m; }
  bool last_column(Extent j) const { return j + columns_ >= s_.n; }
  bool last_depth(Extent p) const { return p + depth_ >= s_.k; }
  Extent rows(Extent i) const { return std::min(rows_, s_.m - i); }
  Extent columns(Extent j) const { return std::min(columns_, s_.n - j); }
  static std::size_t rounded(Extent elements) {
    return aligned(static_cast<std::size_t>(elements) * sizeof(T));
  }
  std::size_t left_bytes() const { return s_.ta ? rounded(rows_ * s_.k) : 0; }
  std::size_t right_bytes() const { return s_.tb ? rounded(columns_ * s_.k) : 0; }

  // Blocks differ by the size of the tile and of the depth, by where the tile lies, and by whether
  // they start the sum.
  std::size_t index(bool in_output, Extent i, Extent j, Extent p) const {
    return (in_output ? 16u : 0u) + (last_row(i) ? 8u : 0u) + (last_column(j) ? 4u : 0u) +
           (last_depth(p) ? 2u : 0u) + (p > 0 ? 1u : 0u);
  }
  void prepare(bool in_output, Extent i, Extent j, Extent p) {
    const Strides strides{s_.k, s_.tb ? columns(j) : s_.n, in_output ? s_.n : columns(j)};
    blocks_[index(in_output, i, j, p)] =
        Block<T>(rows(i), columns(j), std::min(depth_, s_.k - p), strides, p > 0);
  }

  static libxsmm_xtransfunction transposition(Extent n, Extent k) {
    libxsmm_descriptor_blob blob;
    if (n == 0 || k == 0) return nullptr;
    return libxsmm_dispatch_trans(
        libxsmm_trans_descriptor_init(&blob, sizeof(T), static_cast<unsigned>(k),
                                      static_cast<unsigned>(n), static_cast<unsigned>(n)));
  }
  // y (k, n) = x' where x is (n, k) with rows x_row apart.
  void transpose(libxsmm_xtransfunction kernel, const T* x, Extent x_row, T* y, Extent n,
                 Extent k) const {
    if (kernel) {
      const auto from = static_cast<unsigned>(x_row), to = static_cast<unsigned>(n);
      kernel(x, &from, y, &to);
    } else {
      transpose_loops_(x, x_row, y, n, k);
    }
  }
  void transpose_left(const Job& run, Extent i) const {
    transpose(left_[last_row(i)], run.a + i, s_.m, run.left, s_.k, rows(i));
  }

  MatmulShape s_;
  Extent rows_, columns_, depth_;
  std::array<Block<T>, 32> blocks_;
  std::array<libxsmm_xtransfunction, 2> left_{}, right_{};
  void (*transpose_loops_)(const T*, Extent, T*, Extent, Extent);
};

}  // namespace

std::unique_ptr<const cpu::TiledProduct> tiled_matmul(const MatmulShape& shape,
                                                      Precision precision) {
  if (precision == Precision::float64) return std::make_unique<TiledMatmul<double>>(shape);
  return std::make_unique<TiledMatmul<float>>(shape);
}

}  // namespace ganflow
