// What stands in front of the critic on real and fake images alike, so that few images last longer.
#pragma once

#include <optional>
#include <string>

#include "graphs/parts/dataset.h"
#include "ops/techniques/adapt_augment.h"
#include "ops/transforms/augment.h"

namespace ganflow {

class Augmentation {
 public:
  // Options augment ("colour+translation+cutout", a part of it, or none), augment.p, and of the
  // adaptive probability augment.target (0: fixed) and augment.images. Throws Error(usage) for data
  // that are no images, and for a transform that does not exist.
  Augmentation(Graph& graph, const DataSet& data);

  // `x` (N,C,H,W), or (N,P) drawn as the data are, as node `name`; without the option `x` itself.
  Port operator()(Graph& graph, const std::string& name, Port x) const;

  // By which the critic's phase has to change the probability.
  const std::optional<AdaptAugment>& adapt() const { return adapt_; }

 private:
  std::optional<DiffAugment> transforms_;
  std::optional<AdaptAugment> adapt_;
  Picture picture_;
};

// Throws Error(usage) where the critic's scores are no logits and the probability would follow
// them.
void require_fixed(const std::optional<AdaptAugment>& adapt);

}  // namespace ganflow
