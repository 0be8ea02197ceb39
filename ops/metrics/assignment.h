// The cheapest one-to-one assignment: the exact optimal coupling of two samples of equal size.
#pragma once

#include <span>
#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow {

// cost (n, n), finite: returns for each row its column such that the sum of costs is least.
// Successive shortest paths with potentials (Kuhn, 1955; Jonker and Volgenant, 1987), O(n^3).
std::vector<Extent> cheapest_assignment(Extent n, std::span<const double> cost);

// W1 of two empirical distributions of n points each with `axes` coordinates, Euclidean distance:
// the mean distance under the cheapest assignment; with one coordinate it couples both in ascending
// order, O(n log n). a and b (n, axes), finite.
double exact_wasserstein(Extent n, Extent axes, std::span<const float> a, std::span<const float> b);

}  // namespace ganflow
