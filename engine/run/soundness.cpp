#include "engine/run/soundness.h"

#include <cmath>

#include "engine/error.h"

namespace ganflow {

std::string unsound_objective(const Replica& replica, const Token& step, std::size_t j) {
  const LoweredTrip& trip = replica.trip(step.trip);
  const TripOccurrence& occurrence = trip.occurrences[j];
  const std::vector<LoweredTap>& taps = replica.phase(occurrence.phase).taps;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    if (!taps[i].objective) continue;
    for (const float value : replica.tap(step, j, i)) {
      if (std::isfinite(value)) continue;
      return fmt::format("node '{}' replica {} step {}: the loss is not finite ({})",
                         trip.stages[trip.buffers[occurrence.taps[i]].writer].name,
                         replica.number(), step.row_steps[j], value);
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
