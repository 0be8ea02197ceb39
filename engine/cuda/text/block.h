// The dialect of generated kernels: one text for the GPU and for its emulation on the CPU.
//
// A body says what one block of threads does, in phases: each<kThreads>([&](int t) {...}); sync();
// On the GPU `each` is the thread itself, on the CPU a loop over the threads, so a barrier cannot
// stand in a branch. What a thread keeps from one phase to the next is Local, what the block shares
// GF_SHARED. Blocks may run in any order: none reads what another one writes.
#pragma once

#include "engine/program/formulas/function.h"

namespace ganflow::cuda {

// What a formula sees as the numbers of its node.
struct Numbers {
  long long ints[8];
  double reals[2];
};

// The seed and step of engine/device/executable.h's DrawClock.
struct Clock {
  unsigned long long seed, step;
};

// Numbers that have no literal.
inline double double_of(unsigned long long bits) { return __builtin_bit_cast(double, bits); }

template <int N>
struct Pointers {
  unsigned char* at[N];
  template <class T>
  T* to(int i) const {
    return reinterpret_cast<T*>(at[i]);
  }
};

// Replica r of those that share a launch finds its tensors r strides behind the first one's.
template <int N>
struct Arguments {
  unsigned char* base[N];
  long long stride[N];  // bytes
  Pointers<N> of(unsigned replica) const {
    Pointers<N> p;
#pragma unroll
    for (int i = 0; i < N; ++i) p.at[i] = base[i] + replica * stride[i];
    return p;
  }
};

#ifdef __CUDACC_RTC__

#define GF_SHARED __shared__
template <class T, int kThreads, int N = 1>
struct Local {
  T v[N];
  T& operator()(int, int i = 0) { return v[i]; }
};
template <int kThreads, class F>
inline void each(F f) {
  f(static_cast<int>(threadIdx.x));
}
inline void sync() { __syncthreads(); }
inline float fma_of(float a, float b, float c) { return __fmaf_rn(a, b, c); }
// `side_by_side`: blocks that find registers on one multiprocessor at a time.
#define GF_KERNEL(name, threads, side_by_side, count)                   \
  extern "C" __global__ void __launch_bounds__(threads, side_by_side)   \
      name(const __grid_constant__ ganflow::cuda::Arguments<count> a) { \
    name##_body(static_cast<int>(blockIdx.x), a.of(blockIdx.z));        \
  }

#else

#define GF_SHARED
// Blocks and threads run from the last to the first: what depends on their order shows.
inline int& reversed() {
  static int value = 0;
  return value;
}
template <class T, int kThreads, int N = 1>
struct Local {
  T v[kThreads][N];
  T& operator()(int t, int i = 0) { return v[t][i]; }
};
template <int kThreads, class F>
inline void each(F f) {
  if (reversed())
    for (int t = kThreads; t-- > 0;) f(t);
  else
    for (int t = 0; t < kThreads; ++t) f(t);
}
inline void sync() {}
inline float fma_of(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#define GF_KERNEL(name, threads, side_by_side, count)                                           \
  extern "C" void name(unsigned grid, unsigned replicas, bool reverse, const void* arguments) { \
    const auto& a = *static_cast<const ganflow::cuda::Arguments<count>*>(arguments);            \
    ganflow::cuda::reversed() = reverse;                                                        \
    for (unsigned r = 0; r < replicas; ++r)                                                     \
      for (unsigned i = 0; i < grid; ++i)                                                       \
        name##_body(static_cast<int>(reverse ? grid - 1 - i : i), a.of(r));                     \
  }

#endif

// to(t, i) of every thread becomes the sum of x(t, i) over the threads: the lanes of a warp by
// halves, then the warps one after the other, on both.
template <int kThreads, int N>
inline void block_sum(Local<float, kThreads, N>& x, int i, float* shared,
                      Local<float, kThreads, N>& to) {
#ifdef __CUDACC_RTC__
  float v = x(0, i);
  for (int off = 16; off; off >>= 1) v += __shfl_down_sync(0xffffffffu, v, off);
  if ((threadIdx.x & 31) == 0) shared[threadIdx.x >> 5] = v;
  sync();
  float total = shared[0];
  for (int w = 1; w < kThreads / 32; ++w) total += shared[w];
  sync();
  to(0, i) = total;
#else
  float total = 0;
  for (int w = 0; w < kThreads / 32; ++w) {
    float lane[32];
    for (int l = 0; l < 32; ++l) lane[l] = x(w * 32 + l, i);
    for (int off = 16; off; off >>= 1)
      for (int l = 0; l < off; ++l) lane[l] += lane[l + off];
    total = w ? total + lane[0] : lane[0];
  }
  (void)shared;
  for (int t = 0; t < kThreads; ++t) to(t, i) = total;
#endif
}

// The same over the threads of a column, which are 32 apart: in order of the rows.
template <int kThreads, int N>
inline void column_sum(Local<float, kThreads, N>& x, int i, float* shared,
                       Local<float, kThreads, N>& to) {
  each<kThreads>([&](int t) { shared[t] = x(t, i); });
  sync();
  each<kThreads>([&](int t) {
    float sum = shared[t % 32];
    for (int w = 1; w < kThreads / 32; ++w) sum += shared[w * 32 + t % 32];
    to(t, i) = sum;
  });
  sync();
}

}  // namespace ganflow::cuda
