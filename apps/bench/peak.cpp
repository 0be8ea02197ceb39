#include "apps/bench/peak.h"

#include <chrono>

namespace ganflow::bench {
namespace {

// As many sums as hide the latency of a fused multiply-add on every processor known.
constexpr int kSums = 12, kRounds = 10000;

template <class T, int kBytes>
struct Sums {
  typedef T Vector __attribute__((vector_size(kBytes)));
  static constexpr double kFlops = 2.0 * kSums * kRounds * (kBytes / sizeof(T));

  [[gnu::always_inline]] static inline T run(T start) {
    Vector sums[kSums] = {}, a = Vector{} + start, b = Vector{} + T(0.5);
    for (int i = 0; i < kSums; ++i) sums[i] += static_cast<T>(i) * start;
    for (int round = 0; round < kRounds; ++round)
#pragma GCC unroll 12
      for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * b + a;
    Vector all = {};
    for (const Vector& sum : sums) all += sum;
    return all[0];
  }
};

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target("arch=x86-64-v4,prefer-vector-width=512"))) float widest(float start) {
  return Sums<float, 64>::run(start);
}
__attribute__((target("arch=x86-64-v3"))) float wide(float start) {
  return Sums<float, 32>::run(start);
}
#endif
float narrow(float start) { return Sums<float, 16>::run(start); }

double measured(float (*sums)(float), double flops, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::chrono::duration<double> took{};
  volatile float kept = 1e-3f;  // what is computed is wanted, and not known before
  int calls = 0;
  do {
    kept = sums(kept * 1e-3f);
    ++calls;
    took = Clock::now() - begin;
  } while (took.count() < seconds);
  return calls * flops / took.count() * 1e-9;
}

}  // namespace

double peak_gflops(double seconds) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  if (__builtin_cpu_supports("x86-64-v4"))
    return measured(&widest, Sums<float, 64>::kFlops, seconds);
  if (__builtin_cpu_supports("x86-64-v3")) return measured(&wide, Sums<float, 32>::kFlops, seconds);
#endif
  return measured(&narrow, Sums<float, 16>::kFlops, seconds);
}

}  // namespace ganflow::bench
