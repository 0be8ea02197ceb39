// Helpers for those who write primitives: attribute encodings, kernels from templates.
#pragma once

#include "engine/cpu/isa.h"
#include "engine/program/program.h"

namespace ganflow {

// A tensor type in attributes: ints[1] = rank and dtype, ints[2..7] = extents; ints[0] stays free.
void encode_type(const TensorType& type, Attributes& a);
TensorType decode_type(const Attributes& a);

// Kernels of an elementwise primitive from its scalar formula F: a struct with
//   template <class T> static T f(const T* x, const Attributes& a)    (x[i] is operand i)
// and `static constexpr int kOperands`. Masks are 0 or 1 of type T. Formulas without branches are
// vectorised, for the best instruction set of the machine that runs them (engine/cpu/isa.h).
template <class F, class T>
struct TileBody {
  static void run(T* y, const T* const* x, const Attributes& a, std::size_t n) {
    const T* x0 = F::kOperands > 0 ? x[0] : nullptr;
    const T* x1 = F::kOperands > 1 ? x[1] : nullptr;
    const T* x2 = F::kOperands > 2 ? x[2] : nullptr;
    const Attributes constants = a;  // a copy: y cannot change it
#pragma GCC ivdep
    for (std::size_t j = 0; j < n; ++j) {
      T v[3] = {};
      if constexpr (F::kOperands > 0) v[0] = x0[j];
      if constexpr (F::kOperands > 1) v[1] = x1[j];
      if constexpr (F::kOperands > 2) v[2] = x2[j];
      y[j] = F::template f<T>(v, constants);
    }
  }
};

template <class F>
TileLoop tile_loop() {
  return {best_isa<TileBody<F, float>>(), best_isa<TileBody<F, double>>()};
}

// Kernels from a struct K with `template <class T> static void run(const KernelCall&)`.
template <class K>
KernelPair kernel_pair() {
  return {&K::template run<float>, &K::template run<double>};
}

// Typed access inside kernels.
template <class T>
const T* operand(const KernelCall& call, int i) {
  return static_cast<const T*>(call.inputs[i]);
}
template <class T>
T* result(const KernelCall& call) {
  return static_cast<T*>(call.output);
}

// f(E{}) with the element type of a tensor of `type` in a kernel over T.
template <class T, class F>
void by_element(DType type, F f) {
  switch (type) {
    case DType::mask:
      return f(std::uint8_t{});
    case DType::index:
      return f(std::int32_t{});
    case DType::real:
      return f(T{});
  }
}

// A tensor seen from one axis: elements before it, along it, after it.
struct AxisSplit {
  Extent outer, extent, inner;
};
AxisSplit split_at(const Shape& shape, int axis);

// Errors of type(): the rule, then every operand's shape.
[[noreturn]] void shape_error(std::string_view primitive, const std::string& rule,
                              std::span<const TensorType> inputs);
void require_inputs(std::string_view primitive, std::span<const TensorType> inputs, int count);
void require_axis(std::string_view primitive, std::span<const TensorType> inputs, int axis);
void require_dtype(std::string_view primitive, std::span<const TensorType> inputs, int i,
                   DType dtype);
void require_equal_shapes(std::string_view primitive, std::span<const TensorType> inputs);

}  // namespace ganflow
