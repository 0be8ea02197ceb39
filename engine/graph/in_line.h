// Which stages of a trip are worth a node of the flow graph.
#pragma once

#include "engine/graph/lowered.h"

namespace ganflow {

// A stage that takes less than this is done by the thread that needs what it leaves: to be handed
// from core to core costs microseconds, and what it has written is then in the wrong cache.
constexpr double kNodeNanoseconds = 1e6;
// The same for sources, which no thread can help with.
constexpr double kSourceNodeNanoseconds = 1e5;

// Marks such stages (LoweredStage::in_line), and gives each the timing of those that read it: a
// function of the stages' shapes, not of the machine at hand. Of trips of devices that compute in
// the caller's thread.
void run_in_line(LoweredTrip& trip);

}  // namespace ganflow
