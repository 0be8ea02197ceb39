// The measures of FeatureQuality, each by its name: columns, what it needs, how it is computed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graphs/quality/feature_quality.h"

namespace ganflow {

inline constexpr int kScoreSplits = 10;  // of the inception score

// Generated samples as the extractor sees them, and what several measures take from them.
struct SeenSamples {
  const FeatureQuality& options;
  FeatureRows rows, logits;
  std::span<const float> labels;
  std::uint64_t seed;
  std::optional<Neighbourhoods> near = {};

  const RealFeatures& real() const { return *options.real; }
  const FrechetReference& gaussian() const { return real().gaussian(options.regularise); }
  const Neighbourhoods& neighbours();
};

struct FeatureColumn {
  const char* name;
  const char* text;
};

struct FeatureMeasure {
  std::string name;
  bool compares;    // with real images
  bool of_classes;  // that the extractor tells apart
  std::vector<FeatureColumn> columns;
  std::string (*estimator)(const FeatureQuality&);  // its parameters
  std::vector<double> (*values)(SeenSamples&);      // of the columns
};

// In the order of the table of feature_quality.h, class_accuracy last.
const std::vector<std::string>& feature_measures();
// Throws Error(usage) for a name that is none, with the nearest that is.
const FeatureMeasure& feature_measure(const std::string& name);
// How many samples one covariance of a measure is of; 0: it has none.
Extent covariance_rows(const std::string& measure, const FeatureQuality& options);

}  // namespace ganflow
