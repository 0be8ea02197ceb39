// c = op(a) op(b): op(a) (m, k), op(b) (k, n), in single precision, one tile of 32 x 32 a block.
// a(i) is the address of row i of the operand as it is stored.
// The threads are `slices` groups, each of which takes its share of k; their sums are added in
// order.
#pragma once

#include "engine/cuda/text/block.h"

namespace ganflow::cuda {

template <int m, int n, int k, bool ta, bool tb, int slices, class A, class Store>
inline void product(int block, A a, const float* b, Store store) {
  constexpr int kThreads = 256, kTile = 32, kDepth = 16, kGroup = kThreads / slices;
  constexpr int kRows = kGroup / kTile;        // rows of the tile that a group works on at a time
  constexpr int kSums = kTile / kRows;         // of a thread
  constexpr long long wide_k = k, wide_n = n;  // offsets may need more than 32 bits
  constexpr int kAcross = (n + kTile - 1) / kTile;
  GF_SHARED float sa[slices][kTile][kDepth + 1];
  GF_SHARED float sb[slices][kDepth][kTile + 1];
  Local<float, kThreads, kSums> sum;
  const int top = block / kAcross * kTile, left = block % kAcross * kTile;
  each<kThreads>([&](int t) {
    for (int q = 0; q < kSums; ++q) sum(t, q) = 0;
  });
  for (int at = 0; at < k; at += kDepth * slices) {
    each<kThreads>([&](int t) {
      const int s = t / kGroup, u = t % kGroup, from = at + s * kDepth;
      for (int x = u; x < kTile * kDepth; x += kGroup) {
        const int i = ta ? x % kTile : x / kDepth, l = ta ? x / kTile : x % kDepth;
        sa[s][i][l] = top + i < m && from + l < k
                          ? a(ta ? from + l : top + i)[ta ? top + i : from + l]
                          : 0.0f;
        const int j = tb ? x / kDepth : x % kTile, d = tb ? x % kDepth : x / kTile;
        sb[s][d][j] = left + j < n && from + d < k
                          ? b[tb ? (left + j) * wide_k + from + d : (from + d) * wide_n + left + j]
                          : 0.0f;
      }
    });
    sync();
    each<kThreads>([&](int t) {
      const int s = t / kGroup, u = t % kGroup;
      for (int l = 0; l < kDepth; ++l)
        for (int q = 0; q < kSums; ++q)
          sum(t, q) = fma_of(sa[s][u / kTile + q * kRows][l], sb[s][l][u % kTile], sum(t, q));
    });
    sync();
  }
  if constexpr (slices > 1) {
    // The first group's threads add up; 32 x 33 numbers of the others pass through sa one by one.
    GF_SHARED float shared[kTile][kTile + 1];
    Local<float, kThreads, kTile * kTile / kThreads> total;
    for (int s = 0; s < slices; ++s) {
      each<kThreads>([&](int t) {
        if (t / kGroup == s)
          for (int q = 0; q < kSums; ++q)
            shared[t % kGroup / kTile + q * kRows][t % kTile] = sum(t, q);
      });
      sync();
      each<kThreads>([&](int t) {
        for (int q = 0; q < kTile * kTile / kThreads; ++q) {
          const float x = shared[t / kTile + q * (kThreads / kTile)][t % kTile];
          total(t, q) = s ? total(t, q) + x : x;
        }
      });
      sync();
    }
    each<kThreads>([&](int t) {
      for (int q = 0; q < kTile * kTile / kThreads; ++q) {
        const int i = top + t / kTile + q * (kThreads / kTile), j = left + t % kTile;
        if (i < m && j < n) store(i * wide_n + j, total(t, q));
      }
    });
  } else {
    each<kThreads>([&](int t) {
      for (int q = 0; q < kSums; ++q) {
        const int i = top + t / kTile + q * kRows, j = left + t % kTile;
        if (i < m && j < n) store(i * wide_n + j, sum(t, q));
      }
    });
  }
}

}  // namespace ganflow::cuda
