// One source, several instruction sets: a loop is compiled for every x86-64 level and the program
// takes the best one of the machine it runs on. Results may differ between levels by rounding
// (fused multiply-add), never between runs on one machine.
#pragma once

#include <type_traits>

namespace ganflow::cpu {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

namespace isa {

template <class Body, class... Args>
__attribute__((target("arch=x86-64-v4,prefer-vector-width=512"), flatten)) void v4(Args... args) {
  Body::run(args...);
}
template <class Body, class... Args>
__attribute__((target("arch=x86-64-v3"), flatten)) void v3(Args... args) {
  Body::run(args...);
}

template <class Body, class... Args>
auto pick(void (*base)(Args...)) {
  if (__builtin_cpu_supports("x86-64-v4")) return &v4<Body, Args...>;
  if (__builtin_cpu_supports("x86-64-v3")) return &v3<Body, Args...>;
  return base;
}

template <bool kWidest, class Body, class... Args>
auto wide(void (*)(Args...)) {
  return kWidest ? &v4<Body, Args...> : &v3<Body, Args...>;
}

}  // namespace isa

// &Body::run, or its twin for a larger instruction set.
template <class Body>
auto best_isa() {
  return isa::pick<Body>(&Body::run);
}

// Bytes of the widest vectors that best_isa() uses here: 64, 32 or 16.
inline int widest_vectors() {
  if (__builtin_cpu_supports("x86-64-v4")) return 64;
  return __builtin_cpu_supports("x86-64-v3") ? 32 : 16;
}

// &Body::run for a Body that was written for vectors of kBytes <= widest_vectors().
template <int kBytes, class Body>
auto isa_of() {
  if constexpr (kBytes == 16) return &Body::run;
  if constexpr (kBytes == 32) return isa::wide<false, Body>(&Body::run);
  if constexpr (kBytes == 64) return isa::wide<true, Body>(&Body::run);
}

#else

inline int widest_vectors() { return 16; }
template <int kBytes, class Body>
auto isa_of() {
  return &Body::run;
}

template <class Body>
auto best_isa() {
  return &Body::run;
}

#endif

// Of best_isa(), by the name of its x86-64 level.
inline const char* instruction_set() {
  return widest_vectors() == 64 ? "x86-64-v4" : widest_vectors() == 32 ? "x86-64-v3" : "baseline";
}

}  // namespace ganflow::cpu
