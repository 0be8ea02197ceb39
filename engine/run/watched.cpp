#include "engine/run/watched.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {
namespace {

bool reads(const std::vector<InputRef>& inputs, int scalar) {
  return std::any_of(inputs.begin(), inputs.end(), [&](const InputRef& input) {
    return input.from == InputRef::From::scalar && input.index == scalar;
  });
}

// The node that reads a scalar too early; empty: none.
std::string early_reader(const LoweredReplica& replica, int scalar) {
  for (const LoweredTrip& trip : replica.trips)
    for (const LoweredStage& stage : trip.stages)
      if (stage.timing == Timing::data && reads(stage.inputs, scalar)) return stage.name;
  for (const LoweredEvaluation& e : replica.evaluations) {
    const bool of_metric = std::any_of(e.metric_scalars.begin(), e.metric_scalars.end(),
                                       [&](const auto& s) { return s.second == scalar; });
    if (of_metric || reads(e.inputs, scalar)) return e.name;
  }
  return {};
}

}  // namespace

WatchedColumn watched_column(const LoweredReplica& replica, const Plateau& plateau,
                             const std::string& who) {
  std::vector<std::string> known;
  for (std::size_t e = 0; e < replica.evaluations.size(); ++e) {
    const LoweredEvaluation& evaluation = replica.evaluations[e];
    if (!evaluation.metric) continue;
    const auto columns = evaluation.metric->columns();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      known.push_back(evaluation.name + "." + columns[c].name);
      if (known.back() != plateau.column) continue;
      if (evaluation.every == 0)
        fail(Fault::usage, "{}: '{}' is measured at the end only; use --evaluate-every N", who,
             evaluation.name);
      return {static_cast<int>(e), c};
    }
  }
  fail(Fault::usage, "{}: no evaluation of this run measures '{}'{}", who, plateau.column,
       suggestion(plateau.column, known));
}

void check_plateaus(const LoweredReplica& replica) {
  for (std::size_t s = 0; s < replica.scalars.size(); ++s) {
    const auto& [name, schedule] = replica.scalars[s];
    if (!schedule.plateau()) continue;
    const std::string who = name + " is " + schedule.text();
    watched_column(replica, *schedule.plateau(), who);
    if (const std::string reader = early_reader(replica, static_cast<int>(s)); !reader.empty())
      fail(Fault::usage,
           "{}: '{}' reads it, which does not wait for evaluations; only numbers of training steps "
           "follow a plateau",
           who, reader);
  }
}

}  // namespace ganflow
