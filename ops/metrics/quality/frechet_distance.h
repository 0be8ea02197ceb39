// FID: how far the Gaussians of two sets of features lie apart (SG-11; Heusel et al. 2017).
//
//   d(g, r) = |mu_g - mu_r|^2 + Tr S_g + Tr S_r - 2 Tr (S_g S_r)^(1/2)
//
// With S = F F', Tr (S_g S_r)^(1/2) is the sum of the singular values of F_r' F_g. F_r comes from
// the symmetric eigen-decomposition of S_r, F_g from a Cholesky decomposition with pivots: the
// distance is real for covariances of any rank and 0 for equal sets.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

// What FID keeps of a set.
struct FeatureStatistics {
  Extent n = 0, width = 0;
  std::vector<double> mean;        // (width)
  std::vector<double> covariance;  // (width, width), divided by n - 1
};
// Sums in double, in the order of the rows. Throws Error(usage) for fewer than 2 rows.
FeatureStatistics feature_statistics(const FeatureRows& rows);

// A reference that others are measured against: its covariance is factorised once.
class FrechetReference {
 public:
  // `regularise` >= 0 is added to the diagonals of both covariances, in squared units of a feature.
  // Without it a set of no more rows than features is refused, since its covariance is singular and
  // the distance depends on n; with it the value is that of this estimator, to be named with it.
  explicit FrechetReference(FeatureStatistics real, double regularise = 0);

  // >= 0. Throws Error(usage) for another width, features that are not finite and as above.
  double distance(const FeatureStatistics& generated) const;

 private:
  FeatureStatistics real_;
  double regularise_;
  std::vector<double> factor_;  // F': row i is sqrt(l_i) v_i'
};

// SG-20: `draws` times `size` of the generated rows, without replacement, against the reference; in
// the order of the draws. A pure function of the seed. Throws Error(usage) for size out of 2..n and
// draws < 1.
struct SubsetDraws {
  int draws = 120;
  Extent size = 512;
  std::uint64_t seed = 0;
};
std::vector<double> subset_frechet_distances(const FeatureRows& generated,
                                             const FrechetReference& real,
                                             const SubsetDraws& options = {});

}  // namespace ganflow
