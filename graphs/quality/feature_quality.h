// Quality of generated images by what an extractor sees in them, against real ones.
//
//   measure         columns
//   fid             fid                     ops/metrics/quality/frechet_distance.h
//   kid             kid, kid_deviation      kernel_distance.h
//   is              is, is_deviation        inception_score.h
//   precision, recall, density, coverage    neighbourhoods.h
//   confidence      confidence, classes, success      class_confidence.h
//   class_accuracy  class_accuracy: of samples with labels   class_confidence.h
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/host.h"
#include "engine/graph/picture.h"
#include "graphs/quality/extractor.h"
#include "ops/metrics/quality/frechet_distance.h"
#include "ops/metrics/quality/neighbourhoods.h"

namespace ganflow {

// Features of real images and what measures keep of them; each is made when it is first asked for.
class RealFeatures {
 public:
  // `name` says which images they are of, "mnist#test".
  RealFeatures(Extracted extracted, std::string name);

  const std::string& name() const { return name_; }
  Extent n() const { return extracted_.n; }
  FeatureRows rows() const { return {extracted_.features, extracted_.n, extracted_.width}; }
  const FrechetReference& gaussian() const;
  const NeighbourhoodReference& neighbourhoods() const;

 private:
  std::string name_;
  Extracted extracted_;
  mutable std::once_flag gaussian_once_, neighbourhoods_once_;
  mutable std::optional<FrechetReference> gaussian_;
  mutable std::optional<NeighbourhoodReference> neighbourhoods_;
};

// Options of a metric, and of measuring images by themselves.
struct FeatureQuality {
  std::shared_ptr<const Extractor> extractor;
  std::shared_ptr<const RealFeatures> real;  // absent: measure() throws Error(usage)
  Picture picture;                           // of the generated images
  std::vector<std::string> measures;         // names of the table above, at least one
  Extent samples = 10000;                    // fid needs more than there are features
  bool labelled = false;                     // a sample's row ends in the number of its class

  std::shared_ptr<const Metric> open() const;

  // In the order of measures; every column's description says n, extractor, reference, resize rule
  // and the estimator's parameters.
  std::vector<MetricColumn> columns() const;
  // Of `samples` images, and labels if they have some; draws of the estimators are of this seed.
  std::vector<double> measure(std::span<const float> images, std::span<const float> labels,
                              std::uint64_t seed) const;
  // Throws Error(usage) for a measure that is none, with the nearest name, for one that needs
  // labels where there are none, and for images that the extractor does not take.
  void check() const;
};

// All of them, class_accuracy last.
const std::vector<std::string>& feature_measures();

}  // namespace ganflow
