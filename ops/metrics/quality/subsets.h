// Random subsets of rows, for measures that are averaged over them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ops/metrics/quality/feature_rows.h"

namespace ganflow {

struct SubsetDraw {
  std::uint64_t seed = 0;
  std::string_view stream;  // whose draws: "kid.real"
  int draw = 0;             // 0, 1, 2, ...
};

// `size` different rows of `rows`, all choices alike; a pure function of the draw.
// REQUIRES: 0 <= size <= rows.n.
std::vector<float> subset(const FeatureRows& rows, Extent size, const SubsetDraw& draw);

// Throws Error(usage) unless draws >= 1 and 2 <= size <= n.
void check_subsets(std::string_view measure, int draws, Extent size, Extent n);

}  // namespace ganflow
