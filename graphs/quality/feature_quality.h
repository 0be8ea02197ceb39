// Quality of generated images by what an extractor sees in them, against real ones.
//
//   measure         columns
//   fid             fid                     ops/metrics/quality/frechet_distance.h
//   subset_fid      subset_fid, subset_fid_deviation, subset_fid_low, subset_fid_high: FID of 120
//                   subsets of 512 samples, their mean, deviation, 5 % and 95 % quantile (SG-20)
//   kid             kid, kid_deviation      kernel_distance.h
//   is              is, is_deviation        inception_score.h
//   precision, recall, density, coverage    neighbourhoods.h
//   confidence      confidence, classes, success      class_confidence.h
//   class_accuracy  class_accuracy: of samples with labels   class_confidence.h
#pragma once

#include <map>
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
  // `regularise` as of FrechetReference.
  const FrechetReference& gaussian(double regularise = 0) const;
  const NeighbourhoodReference& neighbourhoods() const;

 private:
  std::string name_;
  Extracted extracted_;
  mutable std::mutex gaussian_mutex_;
  mutable std::map<double, FrechetReference> gaussian_;  // by what is added to the diagonal
  mutable std::once_flag neighbourhoods_once_;
  mutable std::optional<NeighbourhoodReference> neighbourhoods_;
};

// Options of a metric, and of measuring images by themselves.
struct FeatureQuality {
  std::shared_ptr<const Extractor> extractor;
  // Absent: measure() throws Error(usage) if one of the measures compares with them.
  std::shared_ptr<const RealFeatures> real;
  Picture picture;                    // of the generated images
  std::vector<std::string> measures;  // names of the table above, at least one
  Extent samples = 10000;             // at least 10
  bool labelled = false;              // beside each sample: the number of its class, (n, 1)
  // >= 0, added to the covariances' diagonals by fid and subset_fid, which need more samples than
  // features if it is 0.
  double regularise = 0;

  // Columns' descriptions say provenance() too.
  std::shared_ptr<const Metric> open() const;

  // In the order of measures; descriptions say the estimator's parameters.
  std::vector<MetricColumn> columns() const;
  // What is the same for all of them: "10000 samples against 10000 of mnist#test, extractor
  // classifier 1a2b3c4d, resize none".
  std::string provenance() const;
  // Whether real images are needed.
  bool compares() const;
  // Of `samples` images, and labels if they have some; draws of the estimators are of this seed.
  std::vector<double> measure(std::span<const float> images, std::span<const float> labels,
                              std::uint64_t seed) const;
  // Throws Error(usage) for a measure that is none, with the nearest name, for one that needs
  // labels or classes where there are none, for too few samples, and for images that the extractor
  // does not take.
  void check() const;
};

}  // namespace ganflow
