#include "engine/run/stage_order.h"

#include <algorithm>

namespace ganflow {

namespace {

// The stage whose node runs each: itself, or the one behind it.
std::vector<std::size_t> hosts(const std::vector<LoweredStage>& stages, Timing timing) {
  const std::size_t n = stages.size();
  std::vector<std::size_t> host(n);
  for (std::size_t i = n; i-- > 0;) {
    host[i] = i;
    if (stages[i].timing != timing || !stages[i].in_line) continue;
    std::size_t behind = n;
    bool same = true;
    for (std::size_t j = i + 1; j < n; ++j) {
      if (stages[j].timing != timing) continue;
      if (std::ranges::find(stages[j].after, static_cast<int>(i)) == stages[j].after.end())
        continue;
      same = same && (behind == n || behind == host[j]);
      behind = host[j];
    }
    if (same && behind < n) host[i] = behind;
  }
  return host;
}

}  // namespace

StageOrder order_of(const std::vector<LoweredStage>& stages, Timing timing) {
  const std::size_t n = stages.size();
  StageOrder order{.runs = std::vector<std::vector<std::size_t>>(n),
                   .before = std::vector<std::vector<std::size_t>>(n)};
  const std::vector<std::size_t> host = hosts(stages, timing);
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  std::vector<bool> last(n, false);
  for (std::size_t i = 0; i < n; ++i)
    if (stages[i].timing == timing) order.runs[host[i]].push_back(i);
  for (std::size_t i = 0; i < n; ++i) {
    if (order.runs[i].empty()) continue;
    std::vector<std::size_t> named;
    for (const std::size_t member : order.runs[i])
      for (const int j : stages[member].after)
        if (const auto before = static_cast<std::size_t>(j);
            stages[before].timing == timing && host[before] != i)
          named.push_back(host[before]);
    std::ranges::sort(named);
    named.erase(std::ranges::unique(named).begin(), named.end());
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
