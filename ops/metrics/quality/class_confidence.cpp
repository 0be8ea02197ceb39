#include "ops/metrics/quality/class_confidence.h"

#include <algorithm>

#include "ops/metrics/quality/class_probabilities.h"

namespace ganflow {
namespace {

void check_rows(const FeatureRows& logits) {
  if (logits.n < 1) fail(Fault::usage, "class confidence: there are no samples");
}

struct Likeliest {
  Extent label;
  double probability;
};
Likeliest likeliest(const FeatureRows& logits, Extent row) {
  const std::vector<double> p = class_probabilities(logits, row).p;
  const auto most = std::max_element(p.begin(), p.end());
  return {most - p.begin(), *most};
}

}  // namespace

ClassConfidence class_confidence(const FeatureRows& logits, const SuccessRule& rule) {
  check_rows(logits);
  ClassConfidence result{.shares = std::vector<double>(static_cast<std::size_t>(logits.width))};
  const auto n = static_cast<double>(logits.n);
  for (Extent i = 0; i < logits.n; ++i) {
    const Likeliest most = likeliest(logits, i);
    result.confidence += most.probability / n;
    ++result.shares[most.label];
  }
  for (double& share : result.shares) {
    share /= n;
    if (share >= rule.share) ++result.classes;
  }
  result.success = result.confidence >= rule.confidence && result.classes >= rule.classes;
  return result;
}

double class_accuracy(const FeatureRows& logits, std::span<const float> labels) {
  check_rows(logits);
  if (static_cast<Extent>(labels.size()) != logits.n)
    fail(Fault::usage, "class accuracy: {} labels for {} samples, give one a sample", labels.size(),
         logits.n);
  Extent right = 0;
  for (Extent i = 0; i < logits.n; ++i)
    right += static_cast<float>(likeliest(logits, i).label) == labels[i];
  return static_cast<double>(right) / static_cast<double>(logits.n);
}

double unsure_share(const FeatureRows& logits, double least) {
  check_rows(logits);
  Extent unsure = 0;
  for (Extent i = 0; i < logits.n; ++i) unsure += likeliest(logits, i).probability < least;
  return static_cast<double>(unsure) / static_cast<double>(logits.n);
}

}  // namespace ganflow
