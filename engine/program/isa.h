// One source, several instruction sets: a loop is compiled for every x86-64 level and the program
// takes the best one of the machine it runs on. Results may differ between levels by rounding
// (fused multiply-add), never between runs on one machine.
#pragma once

#include <type_traits>

namespace ganflow {

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

}  // namespace isa

// &Body::run, or its twin for a larger instruction set.
template <class Body>
auto best_isa() {
  return isa::pick<Body>(&Body::run);
}

#else

template <class Body>
auto best_isa() {
  return &Body::run;
}

#endif

}  // namespace ganflow
