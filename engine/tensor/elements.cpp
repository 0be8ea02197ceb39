#include "engine/tensor/elements.h"

#include <algorithm>

namespace ganflow {
namespace {

// f(E{}) with the element type as C++ names it.
template <class F>
void by_type(DType type, Precision precision, F f) {
  switch (type) {
    case DType::mask:
      return f(std::uint8_t{});
    case DType::index:
      return f(std::int32_t{});
    case DType::real:
      return precision == Precision::float64 ? f(double{}) : f(float{});
  }
}

}  // namespace

void write_elements(std::byte* to, std::span<const double> from, DType type, Precision precision) {
  by_type(type, precision, [&](auto e) {
    using E = decltype(e);
    std::transform(from.begin(), from.end(), reinterpret_cast<E*>(to), [&](double v) {
      return type == DType::mask ? static_cast<E>(v != 0) : static_cast<E>(v);
    });
  });
}

std::vector<double> read_elements(const std::byte* from, std::size_t elements, DType type,
                                  Precision precision) {
  std::vector<double> to(elements);
  by_type(type, precision, [&](auto e) {
    const auto* values = reinterpret_cast<const decltype(e)*>(from);
    std::copy(values, values + elements, to.begin());
  });
  return to;
}

}  // namespace ganflow
