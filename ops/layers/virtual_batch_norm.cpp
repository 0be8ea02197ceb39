#include "ops/layers/virtual_batch_norm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

// x standardized by means of x and of x^2 that lack `axes`.
Value by_means(Value x, Value mean, Value mean_square, std::int64_t axes, double eps) {
  return standardize(x, mean, mean_square - square(mean), axes, eps);
}

}  // namespace

Value VirtualBatchNorm::operator()(Formula& f, Value x) const {
  require_norm(f, "virtual batch norm", x, eps);
  if (rows < 1 || rows >= x.rows())
    formula_error(f.builder(), fmt::format("virtual batch norm: {} reference rows, x {} must hold "
                                           "them and more: wrap the network in on_reference({}, "
                                           "...)",
                                           rows, x.shape().str(), rows));
  const std::int64_t axes = axes_but(1, x);
  const Value fixed = slice(x, 0, 0, rows), current = slice(x, 0, rows, x.rows());
  const Value from = mode == ReferenceMode::with_batch ? x : fixed;
  const Value mean = mean_over(from, axes), mean_square = mean_over(square(from), axes);
  if (mode != ReferenceMode::per_example)
    return scale_and_shift(f, by_means(x, mean, mean_square, axes, eps), init);
  const std::int64_t inner = axes & ~std::int64_t{1};
  const double one = 1.0 / static_cast<double>(rows + 1);
  const auto with_row = [&](Value reference, Value row) {  // (C), (N,C) -> (N,C)
    return reference * (1 - one) + row * one;
  };
  const std::array parts{
      by_means(fixed, mean, mean_square, axes, eps),
      by_means(current, with_row(mean, mean_over(current, inner)),
               with_row(mean_square, mean_over(square(current), inner)), inner, eps)};
  return scale_and_shift(f, concat(parts), init);
}

Network::Forward on_reference(Extent rows, Network::Forward network, Initializer reference) {
  return [=](Formula& f, Value x, Value condition) {
    if (rows < 1)
      formula_error(f.builder(),
                    fmt::format("on_reference: {} rows, there must be at least 1", rows));
    const Value fixed = f.variable("reference", x.shape().with_rows(rows), Keep::state, reference);
    if (condition) {  // cyclically, where there are fewer samples than references
      std::vector<Value> labels;
      for (Extent left = rows; left > 0; left -= condition.rows())
        labels.push_back(slice(condition, 0, 0, std::min(left, condition.rows())));
      labels.push_back(condition);
      condition = concat(labels);
    }
    const Value y = network(f, concat(std::array{fixed, x}), condition);
    return slice(y, 0, rows, y.rows());
  };
}

}  // namespace ganflow
