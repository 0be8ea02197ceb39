#include "ops/sources/permutation.h"

#include <bit>

namespace ganflow {

formulas::Bijection bijection(std::uint64_t n) {
  const int bits = std::bit_width(n - 1);
  return {n, bits / 2, bits - bits / 2};
}

formulas::SetOrder set_order(std::uint64_t n, formulas::Visit visit) {
  return {bijection(n), visit};
}

}  // namespace ganflow
