// What a classifier says of generated samples.
#pragma once

#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

// Recognisable samples of many classes (R-34, for 10 digits): success if confidence >= 0.90 and at
// least 8 classes hold >= 2 % of the samples each. The thresholds are options, the numbers are
// published.
struct SuccessRule {
  double confidence = 0.9;  // least mean of the greatest probability, in [0, 1]
  double share = 0.02;      // a class counts that holds at least so much, in [0, 1]
  int classes = 8;          // least number of them
};
struct ClassConfidence {
  double confidence = 0;  // mean over the samples of max_y p(y|x)
  std::vector<double>
      shares;       // of the samples whose most probable class it is, the first of equals
  int classes = 0;  // with at least rule.share
  bool success = false;
};
// logits (n, classes), n >= 1. Throws Error(usage) for none.
ClassConfidence class_confidence(const FeatureRows& logits, const SuccessRule& rule = {});

// Share of samples whose most probable class is their label (n), numbers 0 .. classes - 1.
// Throws Error(usage) unless there is a label a row.
double class_accuracy(const FeatureRows& logits, std::span<const float> labels);

// SG-15: share of frames of paths whose greatest probability is below `least`: "neither a 6 nor a
// 1". Ends included; n >= 1.
double unsure_share(const FeatureRows& logits, double least = 0.7);

}  // namespace ganflow
