#include "engine/run/stage_order.h"

#include <algorithm>

namespace ganflow {

StageOrder order_of(const std::vector<LoweredStage>& stages, Timing timing) {
  const std::size_t n = stages.size();
  StageOrder order{.before = std::vector<std::vector<std::size_t>>(n)};
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  std::vector<bool> last(n, false);
  for (std::size_t i = 0; i < n; ++i) {
    if (stages[i].timing != timing) continue;
    std::vector<std::size_t> named;
    for (const int j : stages[i].after)
      if (stages[j].timing == timing) named.push_back(static_cast<std::size_t>(j));
    for (const std::size_t j : named) {
      reach[i][j] = true;
      for (std::size_t k = 0; k < n; ++k) reach[i][k] = reach[i][k] || reach[j][k];
    }
    for (std::size_t j = 0; j < n; ++j) {
      const bool implied =
          std::any_of(named.begin(), named.end(), [&](std::size_t k) { return reach[k][j]; });
      if (!reach[i][j] || implied) continue;
      order.before[i].push_back(j);
      last[j] = false;
    }
    last[i] = true;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (last[i]) order.last.push_back(i);
  return order;
}

}  // namespace ganflow
