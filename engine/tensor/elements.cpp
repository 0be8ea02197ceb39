#include "engine/tensor/elements.h"

#include <algorithm>

namespace ganflow {

void write_elements(std::byte* to, std::span<const double> from, DType type, Precision precision) {
  by_element(type, precision, [&](auto e) {
    using E = decltype(e);
    std::transform(from.begin(), from.end(), reinterpret_cast<E*>(to), [&](double v) {
      return type == DType::mask ? static_cast<E>(v != 0) : static_cast<E>(v);
    });
  });
}

std::vector<double> read_elements(const std::byte* from, std::size_t elements, DType type,
                                  Precision precision) {
  std::vector<double> to(elements);
  by_element(type, precision, [&](auto e) {
    const auto* values = reinterpret_cast<const decltype(e)*>(from);
    std::copy(values, values + elements, to.begin());
  });
  return to;
}

}  // namespace ganflow
