#include "support/random_inception.h"

#include <zlib.h>

#include <cmath>

namespace ganflow::test {

std::vector<double> inception_draws(const std::string& name, Extent n) {
  const auto seed = static_cast<std::uint32_t>(::crc32(
      0, reinterpret_cast<const unsigned char*>(name.data()), static_cast<uInt>(name.size())));
  std::vector<double> values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint32_t x = static_cast<std::uint32_t>(i) * 747796405u + seed;
    x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
    x = (x ^ (x >> 13)) * 0xC2B2AE35u;
    x ^= x >> 16;
    values[i] = x / 2147483648.0 - 1;
  }
  return values;
}

std::vector<double> inception_weight(const VariableInfo& v) {
  std::vector<double> values = inception_draws(v.name, v.shape.elements());
  const bool kernel = v.name.ends_with("/w");
  const bool positive = v.name.ends_with("/scale") || v.name.ends_with("/variance");
  const double factor = kernel ? std::sqrt(6.0 / static_cast<double>(v.shape.row_elements())) : 0.5;
  for (double& x : values) x = static_cast<float>(x * factor + (positive ? 1 : 0));
  return values;
}

}  // namespace ganflow::test
