#include "ops/layers/initializers.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow::init {
namespace {

void require_positive(const char* what, double value) {
  if (!(value > 0) || !std::isfinite(value))
    fail(Fault::usage, "initializer: {} is {}, it must be a finite number above 0", what, value);
}

}  // namespace

Initializer constant(double value) {
  if (!std::isfinite(value))
    fail(Fault::usage, "initializer: the constant is {}, it must be finite", value);
  return [value](std::uint64_t, std::uint32_t, std::span<double> out) {
    std::ranges::fill(out, value);
  };
}

Initializer values(std::vector<double> elements) {
  return [elements = std::move(elements)](std::uint64_t, std::uint32_t, std::span<double> out) {
    if (elements.size() != out.size())
      fail(Fault::usage, "initializer: {} values were given for a Variable of {} elements",
           elements.size(), out.size());
    std::ranges::copy(elements, out.begin());
  };
}

Initializer uniform(double bound) {
  require_positive("the bound", bound);
  return [bound](std::uint64_t seed, std::uint32_t stream, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = bound * (2 * uniform01(random_word(seed, stream, 0, i)) - 1);
  };
}

Initializer normal(double std, double mean) {
  require_positive("the standard deviation", std);
  if (!std::isfinite(mean))
    fail(Fault::usage, "initializer: the mean is {}, it must be finite", mean);
  return [std, mean](std::uint64_t seed, std::uint32_t stream, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t even = i & ~std::size_t{1};
      out[i] = mean + std * normal_pair(random_word(seed, stream, 0, even),
                                        random_word(seed, stream, 0, even + 1))[i - even];
    }
  };
}

LayerInit torch() {
  const auto bounded = [](Fan fan) { return uniform(1 / std::sqrt(static_cast<double>(fan.in))); };
  return {bounded, bounded};
}

namespace {

// w U(-s, s) with s^2 = share / (in + out), b = 0.
LayerInit by_fans(double share) {
  return {[share](Fan fan) {
            return uniform(std::sqrt(share / static_cast<double>(fan.in + fan.out)));
          },
          [](Fan) { return constant(0); }};
}

}  // namespace

LayerInit glorot() { return by_fans(6); }

LayerInit he() { return by_fans(12); }

LayerInit gaussian(double std) {
  return {[std](Fan) { return normal(std); }, [](Fan) { return constant(0); }};
}

}  // namespace ganflow::init
