#include "ops/metrics/weight_histogram.h"

#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/metrics/parameters.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/maximum.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value WeightHistogram::operator()(Formula& f) const {
  require_in(f, "bins", bins, between(2, 100));
  std::vector<Value> weights;
  Extent count = 0;
  Value largest = full(f.builder(), {}, 0);
  for (const NamedParameter& p : parameters_of(f, network)) {
    const Extent n = p.value.shape().elements();
    weights.push_back(reshape(p.value, {n}));
    largest = max(largest, maximum(abs(weights.back()), 0));
    count += n;
  }
  // Of all parameters, `value` of which is at least `least`.
  const auto share = [&](Value (*value)(Value), Value least) {
    Value sums = full(f.builder(), {}, 0);
    for (const Value& w : weights)
      sums = sums + sum(select(greater_equal(value(w), broadcast_to(least, w.shape())), 1.0, 0.0));
    return sums / static_cast<double>(count);
  };
  f.tap("largest", largest, {.description = "greatest magnitude of a parameter"});
  Value above = full(f.builder(), {}, 1);
  for (int bin = 0; bin < bins; ++bin) {
    const double edge = 2.0 * (bin + 1) / bins - 1;  // in units of m
    const Value next = bin + 1 < bins ? share([](Value w) { return w; }, largest * edge)
                                      : full(f.builder(), {}, 0);
    f.tap("bin" + std::to_string(bin), above - next,
          {.description = fmt::format("share of parameters up to {:.3g} of the greatest", edge)});
    above = next;
  }
  return share(abs, largest * 0.95);
}

}  // namespace ganflow
