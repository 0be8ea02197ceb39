#include "ops/metrics/quality/class_probabilities.h"

#include <algorithm>
#include <cmath>

namespace ganflow {

ClassProbabilities class_probabilities(const FeatureRows& logits, Extent row) {
  const float* x = logits.row(row);
  const Extent classes = logits.width;
  if (classes < 1) fail(Fault::usage, "class probabilities: row {} has no classes", row);
  for (Extent y = 0; y < classes; ++y)
    if (!std::isfinite(x[y]))
      fail(Fault::usage, "class probabilities: logit {} of row {} is {}, it must be finite", y, row,
           x[y]);
  const double greatest = *std::max_element(x, x + classes);
  double sum = 0;
  for (Extent y = 0; y < classes; ++y) sum += std::exp(x[y] - greatest);
  const double log_sum = std::log(sum);
  ClassProbabilities result;
  for (Extent y = 0; y < classes; ++y) {
    result.log_p.push_back(x[y] - greatest - log_sum);
    result.p.push_back(std::exp(result.log_p.back()));
  }
  return result;
}

}  // namespace ganflow
