#include "ops/metrics/quality/inception_score.h"

#include <cmath>
#include <vector>

#include "ops/metrics/quality/class_probabilities.h"

namespace ganflow {
namespace {

// mean_n KL(p_n || p) = mean_n sum_y p_n log p_n - sum_y p log p, both exact to rounding.
double score(const FeatureRows& logits) {
  std::vector<double> marginal(static_cast<std::size_t>(logits.width));
  double information = 0;
  for (Extent i = 0; i < logits.n; ++i) {
    const auto [p, log_p] = class_probabilities(logits, i);
    for (Extent y = 0; y < logits.width; ++y) {
      marginal[y] += p[y];
      if (p[y] > 0) information += p[y] * log_p[y];
    }
  }
  const auto n = static_cast<double>(logits.n);
  information /= n;
  for (const double sum : marginal)
    if (sum > 0) information -= sum / n * std::log(sum / n);
  return std::exp(information);
}

}  // namespace

MeanDeviation inception_score(const FeatureRows& logits, int splits) {
  if (splits < 1 || logits.n < splits)
    fail(Fault::usage, "is: {} rows cannot be cut into {} parts, give at least one row a part",
         logits.n, splits);
  std::vector<double> scores;
  for (int part = 0; part < splits; ++part) {
    const Extent first = part * logits.n / splits, last = (part + 1) * logits.n / splits;
    scores.push_back(score(logits.part(first, last - first)));
  }
  return mean_deviation(scores);
}

}  // namespace ganflow
