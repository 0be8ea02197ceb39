#include "engine/graph/in_line.h"

#include <algorithm>

namespace ganflow {
namespace {

// Of what a source fills: a number takes it about as long.
constexpr double kNanosecondsPerByte = 0.25;

bool small(const LoweredTrip& trip, const LoweredStage& stage) {
  if (stage.program) return stage.program->nanoseconds() < kNodeNanoseconds;
  double bytes = 0;
  for (const int buffer : stage.outputs)
    if (buffer >= 0)
      bytes += static_cast<double>(trip.buffers[static_cast<std::size_t>(buffer)].bytes);
  return bytes * kNanosecondsPerByte < kSourceNodeNanoseconds;
}

}  // namespace

void run_in_line(LoweredTrip& trip) {
  for (std::size_t i = trip.stages.size(); i-- > 0;) {
    LoweredStage& stage = trip.stages[i];
    if (!small(trip, stage)) continue;
    Timing first = Timing::step;  // of those behind it
    bool read = false;
    for (std::size_t j = i + 1; j < trip.stages.size(); ++j) {
      const LoweredStage& later = trip.stages[j];
      if (std::ranges::count(later.after, static_cast<int>(i)) == 0) continue;
      first = std::min(first, later.timing);
      read = true;
    }
    stage.in_line = read;
    if (read) stage.timing = std::max(stage.timing, first);
  }
}

}  // namespace ganflow
