// What a classifier says of samples: confidence, shares, success, accuracy, unsure frames.
#include "ops/metrics/quality/class_confidence.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/quality_sets.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ops/metrics");

namespace {

// n rows of 10 classes: row i says class i % classes with probability p.
FeatureSet said(Extent n, Extent classes, double p) {
  FeatureSet logits{std::vector<float>(static_cast<std::size_t>(n * 10)), n, 10};
  for (Extent i = 0; i < n; ++i)
    logits.values[i * 10 + i % classes] = static_cast<float>(std::log(9 * p / (1 - p)));
  return logits;
}

}  // namespace

TEST_CASE("success: sure of its samples and of enough classes, both numbers told") {
  const ClassConfidence good = class_confidence(said(160, 8, 0.95));
  CHECK(good.confidence == doctest::Approx(0.95).epsilon(1e-6));
  CHECK(good.classes == 8);
  CHECK(good.shares[7] == doctest::Approx(1 / 8.0));
  CHECK(good.shares[8] == 0);
  CHECK(good.success);
  CHECK_FALSE(class_confidence(said(160, 7, 0.95)).success);
  CHECK_FALSE(class_confidence(said(160, 8, 0.85)).success);
  CHECK(class_confidence(said(160, 7, 0.85), {.confidence = 0.8, .classes = 7}).success);
  CHECK(class_confidence(said(160, 8, 0.95), {.share = 0.2}).classes == 0);
}

TEST_CASE("accuracy and unsure frames") {
  const FeatureSet logits = said(5, 5, 0.6);
  const std::vector<float> labels{0, 1, 2, 0, 0};
  CHECK(class_accuracy(logits, labels) == doctest::Approx(3 / 5.0));
  CHECK_THROWS_WITH_AS(class_accuracy(logits, std::span(labels).first(4)),
                       "class accuracy: 4 labels for 5 samples, give one a sample", Error);
  FeatureSet path = said(4, 4, 0.9);
  path.values[10 + 1] = 0;  // the second frame says nothing
  CHECK(unsure_share(path) == doctest::Approx(1 / 4.0));
  CHECK(unsure_share(path, 0.95) == 1);
  CHECK_THROWS_WITH_AS(unsure_share(FeatureRows(path).part(0, 0)),
                       "class confidence: there are no samples", Error);
}

TEST_SUITE_END();
