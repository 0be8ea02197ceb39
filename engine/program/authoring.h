// Helpers for those who write primitives: attribute encodings, kernels from templates.
#pragma once

#include "engine/program/program.h"

namespace ganflow {

// A tensor type in attributes: ints[1] = rank and dtype, ints[2..7] = extents; ints[0] stays free.
void encode_type(const TensorType& type, Attributes& a);
TensorType decode_type(const Attributes& a);

// The name of a type as one writes it in namespace ganflow.
template <class F>
constexpr std::string_view type_name() {
  std::string_view name =
      __PRETTY_FUNCTION__;  // "... [with F = NAME; ...]", clang: "... [F = NAME]"
  name.remove_prefix(name.find("F = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  constexpr std::string_view kOuter = "ganflow::";  // said by clang only
  return name.substr(0, kOuter.size()) == kOuter ? name.substr(kOuter.size()) : name;
}

// The plain loop over a scalar formula F (engine/program/formulas/function.h).
template <class F>
struct PlainLoop {
  static_assert(F::kOperands > 0, "an elementwise primitive has operands");
  template <class T>
  static void run(T* y, const T* const* x, const Attributes& a, std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
      T v[F::kOperands];
      for (int i = 0; i < F::kOperands; ++i) v[i] = x[i][j];
      y[j] = F::template f<T>(v, a);
    }
  }
};

// What formula() of an elementwise primitive answers. `header`: that of F, as one includes it;
// empty where F has no text that another device could compile.
template <class F>
ScalarFormula scalar_formula(std::string_view header = {}) {
  return {type_name<F>(),
          header,
          F::kOperands,
          {&PlainLoop<F>::template run<float>, &PlainLoop<F>::template run<double>}};
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

// A tensor seen from one axis: elements before it, along it, after it.
struct AxisSplit {
  Extent outer, extent, inner;
};
AxisSplit split_at(const Shape& shape, int axis);

// Errors of type(): the rule, then every operand's shape.
[[noreturn]] void shape_error(std::string_view primitive, const std::string& rule, Types inputs);
void require_inputs(std::string_view primitive, Types inputs, int count);
void require_axis(std::string_view primitive, Types inputs, int axis);
void require_dtype(std::string_view primitive, Types inputs, int i, DType dtype);
void require_equal_shapes(std::string_view primitive, Types inputs);

}  // namespace ganflow
