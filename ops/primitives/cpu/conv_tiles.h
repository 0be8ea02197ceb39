// Register tiles of the CPU's convolutions: a few rows times one panel of 64 bytes.
//
// What is multiplied lies in panels: panel[k][lane], lane < kLanes<T>, 64 bytes for every k.
#pragma once

#include <array>
#include <cstring>

#include "engine/cpu/isa.h"
#include "engine/tensor/shape.h"

namespace ganflow {

constexpr std::size_t kPanelBytes = 64;
template <class T>
constexpr Extent kLanes = kPanelBytes / sizeof(T);

// y[m][lane] = sum over taps t, k < depth of x[rows[m] + taps[t] + k] panel[t depth + k][lane];
// y[m] lies at y + places[m], of it `lanes` elements are written.
template <class T>
struct RowsJob {
  const T* x;
  const Extent* rows;
  const Extent* taps;
  Extent tap_count, depth;
  const T* panel;
  T* y;
  const Extent* places;
  Extent lanes;
};

// y[m][lane] += sum over k < depth of a[k][m] panel[k][lane]; a is dense with kRows in a row.
template <class T>
struct DepthJob {
  const T* a;
  Extent depth;
  const T* panel;
  T* y;  // kLanes in a row
};

template <class T, int kBytes, int kRows>
struct RegisterTile {
  typedef T Vector __attribute__((vector_size(kBytes)));
  static constexpr int kVectors = kPanelBytes / kBytes;
  static constexpr Extent kWidth = kBytes / sizeof(T);

  Vector sums[kRows][kVectors] = {};

  // sums += a's column times the panel's row.
  template <class Element>
  void add(const T* panel, Element a) {
    Vector b[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) std::memcpy(&b[v], panel + v * kWidth, kBytes);
#pragma GCC unroll 16
    for (int m = 0; m < kRows; ++m) {
      const T factor = a(m);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[m][v] += b[v] * factor;
    }
  }
};

template <class T, int kBytes, int kRows>
struct RowsTile {
  static void run(const RowsJob<T>* job) {
    RegisterTile<T, kBytes, kRows> tile;
    const T* panel = job->panel;
    for (Extent t = 0; t < job->tap_count; ++t) {
      const T* x[kRows];
#pragma GCC unroll 16
      for (int m = 0; m < kRows; ++m) x[m] = job->x + job->rows[m] + job->taps[t];
      for (Extent k = 0; k < job->depth; ++k, panel += kLanes<T>)
        tile.add(panel, [&](int m) { return x[m][k]; });
    }
#pragma GCC unroll 16
    for (int m = 0; m < kRows; ++m) {
      T* y = job->y + job->places[m];
      if (job->lanes == kLanes<T>)
        std::memcpy(y, &tile.sums[m], kPanelBytes);
      else
        std::memcpy(y, &tile.sums[m], static_cast<std::size_t>(job->lanes) * sizeof(T));
    }
  }
};

template <class T, int kBytes, int kRows>
struct DepthTile {
  static void run(const DepthJob<T>* job) {
    using Tile = RegisterTile<T, kBytes, kRows>;
    Tile tile;
    for (Extent k = 0; k < job->depth; ++k)
      tile.add(job->panel + k * kLanes<T>, [&](int m) { return job->a[k * kRows + m]; });
#pragma GCC unroll 16
    for (int m = 0; m < kRows; ++m)
#pragma GCC unroll 4
      for (int v = 0; v < Tile::kVectors; ++v) {
        T* y = job->y + m * kLanes<T> + v * Tile::kWidth;
        typename Tile::Vector before;
        std::memcpy(&before, y, kBytes);
        before += tile.sums[m][v];
        std::memcpy(y, &before, kBytes);
      }
  }
};

// to[k][m] = x[places[k] + m]: what DepthTile of as many rows takes.
template <class T, int kRows>
struct GatherRows {
  static void run(const T* x, const Extent* places, Extent count, T* to) {
    for (Extent k = 0; k < count; ++k)
      std::memcpy(to + k * kRows, x + places[k], kRows * sizeof(T));
  }
};

// The tiles of 1, 2, .. rows for the machine this runs on.
template <class T>
struct ConvTiles {
  static constexpr int kMostRows = 12;
  using Rows = void (*)(const RowsJob<T>*);
  using Depth = void (*)(const DepthJob<T>*);
  using Gather = void (*)(const T*, const Extent*, Extent, T*);
  int rows = 0;  // of the largest
  std::array<Rows, kMostRows + 1> by_rows{};
  std::array<Depth, kMostRows + 1> by_depth{};
  std::array<Gather, kMostRows + 1> gather{};
};
template <class T>
const ConvTiles<T>& conv_tiles();

}  // namespace ganflow
