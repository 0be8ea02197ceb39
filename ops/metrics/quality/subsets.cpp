#include "ops/metrics/quality/subsets.h"

#include <algorithm>
#include <numeric>

#include "engine/tensor/philox.h"

namespace ganflow {

std::vector<float> subset(const FeatureRows& rows, Extent size, const SubsetDraw& draw) {
  std::vector<Extent> order(static_cast<std::size_t>(rows.n));
  std::iota(order.begin(), order.end(), Extent{0});
  std::vector<float> chosen;
  chosen.reserve(static_cast<std::size_t>(size * rows.width));
  // The first `size` steps of a Fisher-Yates shuffle.
  for (Extent i = 0; i < size; ++i) {
    const auto left = static_cast<std::uint64_t>(rows.n - i);
    const std::uint64_t word =
        random_word(draw.seed, stream_id(draw.stream), static_cast<std::uint64_t>(draw.draw),
                    static_cast<std::uint64_t>(i));
    std::swap(order[i], order[i + static_cast<Extent>(word * left >> 32)]);
    const float* row = rows.row(order[i]);
    chosen.insert(chosen.end(), row, row + rows.width);
  }
  return chosen;
}

void check_subsets(std::string_view measure, int draws, Extent size, Extent n) {
  if (draws < 1) fail(Fault::usage, "{}: draws is {}, it must be at least 1", measure, draws);
  if (size < 2 || size > n)
    fail(Fault::usage, "{}: a subset has {} rows, it must have between 2 and the {} of the set",
         measure, size, n);
}

}  // namespace ganflow
