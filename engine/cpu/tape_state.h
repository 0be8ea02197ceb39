// What a run of a tape works on, and how a rectangle of it is summed and spread.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/cpu/bound_tape.h"
#include "engine/cpu/call.h"
#include "engine/cpu/tile_memory.h"
#include "engine/cpu/tiled.h"

namespace ganflow::cpu {

// Lives on the stack.
template <class T>
struct TapeState {
  const Tape* tape;
  const Blocks* blocks;
  const ElementwiseLoop* loops;
  const Frame* frame;
  T* registers;            // own storage, kTile elements each
  const T** at;            // where the contents of each register are
  T* kept;                 // kept values of the block, blocks->kept elements each
  const T** kept_at;       // where they are
  T* saved;                // tensors of the block
  T* buffers;              // of lines, kTile elements each; see BoundTape::more_tiles
  Extent outer_first = 0;  // the block's corner
  Extent inner_first = 0;
  const Tile* tile = nullptr;
};

template <class T>
constexpr Extent kTile = kTileBytes / sizeof(T);

// rows: outer rows that one kept value covers
inline Extent per_kept_row(const Tape& tape) {
  return tape.kept ? std::max<Extent>(1, tape.outer_count / tape.kept) : 1;
}

// Compiled into what calls them, for its instruction set.
template <class T>
struct TapeElements {
  // In a fixed order that does not depend on the instruction set.
  static T total(const T* x, Extent n) {
    constexpr Extent kLanes = 16;
    T lanes[kLanes] = {};
    Extent i = 0;
    for (; i + kLanes <= n; i += kLanes)
      for (Extent lane = 0; lane < kLanes; ++lane) lanes[lane] += x[i + lane];
    for (Extent lane = 0; i < n; ++i, ++lane) lanes[lane] += x[i];
    for (Extent half = kLanes / 2; half > 0; half /= 2)
      for (Extent lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    return lanes[0];
  }

  // columns: the kept element of (row, 0), relative to the block.
  static Extent kept_column(const TapeState<T>& s, Extent row) {
    const Tape& tape = *s.tape;
    if (tape.inner == tape.kept) return -s.inner_first;
    return row % (tape.kept / tape.inner) * tape.inner;
  }

  static void add_up(const TapeState<T>& s, T* sums, const T* x, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->mode) {
      case Mode::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          sums[row / per - first] += total(x + (row - r.first) * n, n);
        break;
      }
      case Mode::columns:
        for (Extent row = r.first; row < r.end; ++row) {
          T* y = sums + kept_column(s, row) + r.left;
          const T* from = x + (row - r.first) * n;
#pragma GCC ivdep
          for (Extent i = 0; i < n; ++i) y[i] += from[i];
        }
        break;
      case Mode::all:
        *sums += total(x, r.elements());
        break;
      case Mode::plain:
        break;
    }
  }

  static void spread(const TapeState<T>& s, T* to, const T* from, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->mode) {
      case Mode::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          std::fill_n(to + (row - r.first) * n, n, from[row / per - first]);
        break;
      }
      case Mode::columns:
        for (Extent row = r.first; row < r.end; ++row)
          std::copy_n(from + kept_column(s, row) + r.left, n, to + (row - r.first) * n);
        break;
      case Mode::all:
        std::fill_n(to, r.elements(), *from);
        break;
      case Mode::plain:
        break;
    }
  }

  static const T* root(const Tile& tile, T* own, const Rectangle& r) {
    const T* from = static_cast<const T*>(tile.data) + (r.first - tile.row) * tile.stride + r.left -
                    tile.column;
    if (r.rows() == 1 || tile.stride == r.columns()) return from;
    for (Extent row = 0; row < r.rows(); ++row)
      std::copy_n(from + row * tile.stride, r.columns(), own + row * r.columns());
    return own;
  }

  // Of a tensor that one stage leaves to the next.
  static T* saved(const TapeState<T>& s, int index, Extent row, const Rectangle& r) {
    return s.saved + (index * s.blocks->outer + row - s.outer_first) * s.blocks->inner + r.left -
           s.inner_first;
  }
};

}  // namespace ganflow::cpu
