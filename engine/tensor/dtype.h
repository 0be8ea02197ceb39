// Element types. Programs are written over `real`; the precision is chosen when one is compiled.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ganflow {

enum class DType : std::uint8_t {
  real,   // float or double, see Precision
  mask,   // one byte, 0 or 1
  index,  // int32
};

enum class Precision : std::uint8_t { float32, float64 };

constexpr std::size_t element_bytes(DType type, Precision precision) {
  switch (type) {
    case DType::mask:
      return 1;
    case DType::index:
      return 4;
    case DType::real:
      break;
  }
  return precision == Precision::float64 ? 8 : 4;
}

// f(E{}) with the C++ type E of the elements; reals are T.
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
template <class F>
void by_element(DType type, Precision precision, F f) {
  precision == Precision::float64 ? by_element<double>(type, f) : by_element<float>(type, f);
}

}  // namespace ganflow
