#include "engine/run/soundness.h"

#include <cmath>

#include "engine/error.h"

namespace ganflow {

std::string unsound_objective(const Replica& replica, int phase, const Token& step) {
  const LoweredPhase& lowered = replica.phase(phase);
  for (const LoweredTap& tap : lowered.taps) {
    if (!tap.objective) continue;
    for (const float value : replica.tap(step, tap)) {
      if (std::isfinite(value)) continue;
      return fmt::format("node '{}' replica {} step {}: the loss is not finite ({})",
                         lowered.stages[lowered.buffers[tap.buffer].writer].name, step.replica,
                         step.row_step, value);
    }
  }
  return {};
}

std::string unsound_variable(int replica, const Snapshot& snapshot) {
  for (const VariableView& v : snapshot.variables)
    for (const float value : v.data)
      if (!std::isfinite(value))
        return fmt::format("replica {} step {}: Variable '{}' is not finite ({})", replica,
                           snapshot.step, v.name, value);
  return {};
}

}  // namespace ganflow
