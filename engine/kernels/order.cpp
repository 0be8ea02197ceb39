#include "engine/kernels/order.h"

namespace ganflow::kernels {

Order::Order(const Classified& classified, const Fusion& fusion, const std::vector<int>& position) {
  const std::size_t n = fusion.kernels.size();
  std::vector<std::size_t> kernel_at(n);
  for (std::size_t k = 0; k < n; ++k) kernel_at[static_cast<std::size_t>(position[k])] = k;
  std::vector<std::vector<bool>> ancestors(n, std::vector<bool>(n, false));
  for (std::size_t at = 0; at < n; ++at) {
    std::vector<bool>& mine = ancestors[at];
    const auto needs = [&](ValueId id, Extent, Extent) {
      const int kernel = fusion.kernel_of[id];
      if (kernel < 0 || position[kernel] == static_cast<int>(at)) return;
      const auto other = static_cast<std::size_t>(position[kernel]);
      if (mine[other]) return;
      mine[other] = true;
      for (std::size_t i = 0; i < other; ++i)
        if (ancestors[other][i]) mine[i] = true;
    };
    for (const Member& m : fusion.kernels[kernel_at[at]].members)
      for (const Operand& operand : classified.operands(m.id)) {
        const auto [lo, hi] = range_of(classified.shape(operand.value), operand.source.at);
        classified.visit(operand.source.base, lo, hi, needs);
      }
  }
  ancestors_ = std::make_shared<const std::vector<std::vector<bool>>>(std::move(ancestors));
}

bool Order::by_data(Time earlier, Time later) const {
  if (earlier % kTick != 0 || later % kTick != 0 || earlier == 0) return false;
  const auto a = static_cast<std::size_t>(earlier / kTick - 1),
             b = static_cast<std::size_t>(later / kTick - 1);
  return b < ancestors_->size() && (*ancestors_)[b][a];
}

}  // namespace ganflow::kernels
